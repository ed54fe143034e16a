# Only with var.domain.
locals {
  domains = var.domain == null ? {} : { this = var.domain }
}

resource "aws_acm_certificate" "this" {
  for_each          = local.domains
  domain_name       = each.value.name
  validation_method = "DNS"
  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_route53_record" "validation" {
  for_each        = local.domains
  zone_id         = each.value.zone_id
  name            = tolist(aws_acm_certificate.this[each.key].domain_validation_options)[0].resource_record_name
  type            = tolist(aws_acm_certificate.this[each.key].domain_validation_options)[0].resource_record_type
  records         = [tolist(aws_acm_certificate.this[each.key].domain_validation_options)[0].resource_record_value]
  ttl             = 60
  allow_overwrite = true
}

resource "aws_acm_certificate_validation" "this" {
  for_each                = local.domains
  certificate_arn         = aws_acm_certificate.this[each.key].arn
  validation_record_fqdns = [aws_route53_record.validation[each.key].fqdn]
}

resource "aws_apigatewayv2_domain_name" "this" {
  for_each    = local.domains
  domain_name = each.value.name
  domain_name_configuration {
    certificate_arn = aws_acm_certificate_validation.this[each.key].certificate_arn
    endpoint_type   = "REGIONAL"
    security_policy = "TLS_1_2"
  }
}

resource "aws_apigatewayv2_api_mapping" "this" {
  for_each        = local.domains
  api_id          = local.api_id
  domain_name     = aws_apigatewayv2_domain_name.this[each.key].id
  stage           = local.stage
  api_mapping_key = each.value.base_path # NOTES_BASE_PATH is for it
}

resource "aws_route53_record" "this" {
  for_each = local.domains
  zone_id  = each.value.zone_id
  name     = each.value.name
  type     = "A"
  alias {
    name                   = aws_apigatewayv2_domain_name.this[each.key].domain_name_configuration[0].target_domain_name
    zone_id                = aws_apigatewayv2_domain_name.this[each.key].domain_name_configuration[0].hosted_zone_id
    evaluate_target_health = false
  }
}
