output "url" {
  description = "Where clients reach the API."
  value       = local.url
}

output "api_id" {
  value = local.api_id
}

output "function" {
  description = "The function with its alias, for -check."
  value       = "${aws_lambda_function.this.arn}:${local.alias.name}"
}

output "routes" {
  description = "The routes that are deployed, for -compare."
  value       = jsonencode(local.plan)
}

output "issuer" {
  value = local.issuer
}

output "user_pool_id" {
  value = aws_cognito_user_pool.this.id
}

output "web_client_id" {
  value = aws_cognito_user_pool_client.web.id
}

output "machine_client_id" {
  value = aws_cognito_user_pool_client.machine.id
}

output "token_url" {
  value = local.token_url
}

locals {
  url       = var.domain == null ? local.endpoint : trimsuffix("https://${var.domain.name}/${var.domain.base_path}", "/")
  token_url = "https://${aws_cognito_user_pool_domain.this.domain}.auth.${data.aws_region.this.name}.amazoncognito.com/oauth2/token"
}

output "smoke" {
  description = "The smoke test of what was deployed."
  value       = "go run ./examples/notes/deploy/smoke -url '${local.url}' -token-url '${local.token_url}' -client '${aws_cognito_user_pool_client.machine.id}' -pool '${aws_cognito_user_pool.this.id}'"
}

output "release" {
  description = "With canary, how to move the alias to the version that was published; empty if it is there."
  value       = var.canary == null || local.alias.function_version == aws_lambda_function.this.version ? "" : local.release
}
