output "url" {
  description = "Where clients reach the API."
  value       = var.domain == null ? aws_apigatewayv2_api.this.api_endpoint : "https://${var.domain.name}/${var.domain.base_path}"
}

output "api_id" {
  value = aws_apigatewayv2_api.this.id
}

output "function" {
  description = "The function with its alias, for -check."
  value       = "${aws_lambda_function.this.arn}:${aws_lambda_alias.live.name}"
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
  value = "https://${aws_cognito_user_pool_domain.this.domain}.auth.${data.aws_region.this.name}.amazoncognito.com/oauth2/token"
}

output "smoke" {
  description = "The smoke test of what was deployed."
  value       = "examples/notes/deploy/smoke '${var.domain == null ? aws_apigatewayv2_api.this.api_endpoint : "https://${var.domain.name}/${var.domain.base_path}"}' '${aws_cognito_user_pool.this.id}' '${aws_cognito_user_pool_client.machine.id}' 'https://${aws_cognito_user_pool_domain.this.domain}.auth.${data.aws_region.this.name}.amazoncognito.com/oauth2/token'"
}
