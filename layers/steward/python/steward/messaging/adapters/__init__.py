"""Messaging's ports on AWS: DynamoDB, KMS and AWS End User Messaging SMS."""
