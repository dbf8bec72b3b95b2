"""What makes a council keep its promises about people's rights."""
