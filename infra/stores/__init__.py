"""What keeps data: buckets, the register, keys. Everything here outlives the stack."""
