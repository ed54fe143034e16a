# The name is known before the function is, so that the function can be told the
# API's id and the API the function's ARN.
locals {
  function_arn = "arn:${data.aws_partition.this.partition}:lambda:${data.aws_region.this.name}:${data.aws_caller_identity.this.account_id}:function:${var.name}"
}

resource "aws_cloudwatch_log_group" "function" {
  name              = "/aws/lambda/${var.name}"
  retention_in_days = var.log_retention
}

resource "aws_iam_role" "function" {
  name = "${var.name}-function"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_role_policy" "function" {
  name = "notes"
  role = aws_iam_role.function.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "Notes"
        Effect   = "Allow"
        Action   = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"]
        Resource = aws_dynamodb_table.notes.arn
      },
      {
        Sid      = "Log"
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = "${aws_cloudwatch_log_group.function.arn}:*"
      },
    ]
  })
}

resource "aws_lambda_function" "this" {
  function_name                  = var.name
  filename                       = var.zip
  source_code_hash               = filebase64sha256(var.zip)
  runtime                        = "provided.al2023"
  architectures                  = ["arm64"]
  handler                        = "bootstrap"
  role                           = aws_iam_role.function.arn
  timeout                        = 29
  memory_size                    = 256
  reserved_concurrent_executions = var.reserved_concurrency
  publish                        = true
  environment {
    variables = {
      NOTES_ISSUER          = local.issuer
      NOTES_API             = local.api_id
      NOTES_TABLE           = aws_dynamodb_table.notes.name
      NOTES_ORIGIN          = try(var.rest.origin, null)
      NOTES_BASE_PATH       = try(var.domain.base_path, "") == "" ? null : "/${var.domain.base_path}"
      GATEHOUSE_METRICS     = var.name
      GATEHOUSE_SUBJECT_KEY = var.subject_key
    }
  }
  logging_config {
    log_format            = "JSON"
    application_log_level = "INFO"
    system_log_level      = "WARN"
    log_group             = aws_cloudwatch_log_group.function.name
  }
  depends_on = [aws_iam_role_policy.function]
}

resource "aws_lambda_alias" "live" {
  count            = var.canary == null ? 1 : 0
  name             = var.alias
  function_name    = aws_lambda_function.this.function_name
  function_version = aws_lambda_function.this.version
  dynamic "routing_config" {
    for_each = var.previous == null ? [] : [var.previous]
    content {
      additional_version_weights = { (routing_config.value.version) = routing_config.value.weight }
    }
  }
}

# Without source_arn, any API of anybody's could invoke the function and vouch for
# any caller.
resource "aws_lambda_permission" "api" {
  statement_id  = "api"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.this.function_name
  qualifier     = local.alias.name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${local.execution_arn}/*/*"
}
