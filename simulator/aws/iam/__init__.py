"""What IAM would say: every call of a handler, and every act of a service, against the policies in the templates."""
