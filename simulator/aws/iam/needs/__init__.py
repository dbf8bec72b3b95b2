"""What has to be allowed: by a call, and by what the templates make AWS's own services do."""
