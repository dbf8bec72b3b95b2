"""The account as it is read, CloudFormation, the register and mails."""
