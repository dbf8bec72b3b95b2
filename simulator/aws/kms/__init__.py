"""AWS KMS, as far as moto signs otherwise than AWS documents."""
