# Owners are hashes of claims.Identity.Key: the table names no caller.
resource "aws_dynamodb_table" "notes" {
  name                        = var.name
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "owner"
  range_key                   = "id"
  deletion_protection_enabled = var.protected
  attribute {
    name = "owner"
    type = "S"
  }
  attribute {
    name = "id"
    type = "S"
  }
  ttl {
    attribute_name = "expires" # of idempotency keys
    enabled        = true
  }
  point_in_time_recovery {
    enabled = true
  }
  server_side_encryption {
    enabled = true
  }
}
