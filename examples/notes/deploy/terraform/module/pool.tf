resource "aws_cognito_user_pool" "this" {
  name                = var.name
  deletion_protection = var.protected ? "ACTIVE" : "INACTIVE"
  username_attributes = ["email"]
  admin_create_user_config {
    allow_admin_create_user_only = true
  }
}

resource "aws_cognito_user_pool_domain" "this" {
  domain       = "${var.name}-${data.aws_caller_identity.this.account_id}"
  user_pool_id = aws_cognito_user_pool.this.id
}

resource "aws_cognito_resource_server" "notes" {
  identifier   = "notes-api"
  name         = "notes-api"
  user_pool_id = aws_cognito_user_pool.this.id
  scope {
    scope_name        = "read"
    scope_description = "Read one's own notes"
  }
  scope {
    scope_name        = "write"
    scope_description = "Write notes of one's own"
  }
}

locals {
  scopes = aws_cognito_resource_server.notes.scope_identifiers
}

# For browser and mobile apps: no secret, authorization code with PKCE.
resource "aws_cognito_user_pool_client" "web" {
  name                                 = "${var.name}-web"
  user_pool_id                         = aws_cognito_user_pool.this.id
  generate_secret                      = false
  allowed_oauth_flows_user_pool_client = true
  allowed_oauth_flows                  = ["code"]
  allowed_oauth_scopes                 = concat(["openid"], tolist(local.scopes))
  callback_urls                        = var.callback_urls
  supported_identity_providers         = ["COGNITO"]
  prevent_user_existence_errors        = "ENABLED"
  enable_token_revocation              = true
}

# For machines: its secret is in Terraform's state, which therefore must be
# encrypted and read by few; it is no output. The smoke test asks Cognito for it.
resource "aws_cognito_user_pool_client" "machine" {
  name                                 = "${var.name}-machine"
  user_pool_id                         = aws_cognito_user_pool.this.id
  generate_secret                      = true
  allowed_oauth_flows_user_pool_client = true
  allowed_oauth_flows                  = ["client_credentials"]
  allowed_oauth_scopes                 = tolist(local.scopes)
  prevent_user_existence_errors        = "ENABLED"
}

locals {
  issuer = "https://cognito-idp.${data.aws_region.this.name}.amazonaws.com/${aws_cognito_user_pool.this.id}"
}
