# The function in a VPC, for what is only there. It has no way out but to DynamoDB.
#
# Pins: as without a VPC, NOTES_ISSUER and NOTES_API. claims asks nobody. jwtverify
# does: it needs a NAT gateway on the way to the issuer, or static keys (Issuer.JWKS).
resource "aws_security_group" "function" {
  name   = var.function
  vpc_id = var.vpc.id
}

data "aws_prefix_list" "dynamodb" {
  name = "com.amazonaws.${data.aws_region.this.name}.dynamodb"
}

resource "aws_vpc_security_group_egress_rule" "dynamodb" {
  security_group_id = aws_security_group.function.id
  prefix_list_id    = data.aws_prefix_list.dynamodb.id
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_vpc_endpoint" "dynamodb" {
  vpc_id          = var.vpc.id
  service_name    = "com.amazonaws.${data.aws_region.this.name}.dynamodb"
  route_table_ids = var.vpc.route_tables
}

# Lambda makes network interfaces in the subnets, with the function's role.
resource "aws_iam_role_policy" "interfaces" {
  name = "interfaces"
  role = var.role.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect = "Allow"
      Action = [
        "ec2:AssignPrivateIpAddresses", "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface",
        "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:UnassignPrivateIpAddresses",
      ]
      Resource = "*"
    }]
  })
}

resource "aws_lambda_function" "in_vpc" {
  function_name = var.function
  filename      = var.zip
  runtime       = "provided.al2023"
  architectures = ["arm64"]
  handler       = "bootstrap"
  role          = var.role.arn
  timeout       = 29
  vpc_config {
    subnet_ids         = var.vpc.subnets
    security_group_ids = [aws_security_group.function.id]
  }
  depends_on = [aws_iam_role_policy.interfaces]
}
