# Keys count a client's requests; they say nothing about who sends them, and stand
# beside the token. Their values are in Terraform's state.
resource "aws_api_gateway_api_key" "this" {
  for_each = var.api_keys
  name     = "${var.name}-${each.key}"
}

resource "aws_api_gateway_usage_plan" "this" {
  count = length(var.api_keys) > 0 ? 1 : 0
  name  = var.name
  api_stages {
    api_id = aws_api_gateway_rest_api.this.id
    stage  = aws_api_gateway_stage.this.stage_name
  }
  throttle_settings {
    rate_limit  = var.throttle.rate
    burst_limit = var.throttle.burst
  }
  quota_settings {
    limit  = var.daily_quota
    period = "DAY"
  }
}

resource "aws_api_gateway_usage_plan_key" "this" {
  for_each      = aws_api_gateway_api_key.this
  key_id        = each.value.id
  key_type      = "API_KEY"
  usage_plan_id = aws_api_gateway_usage_plan.this[0].id
}
