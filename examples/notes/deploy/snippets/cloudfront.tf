# CloudFront in front of page and API: one origin, so there is no CORS to set up.
#
# Pins: as without CloudFront, NOTES_ISSUER and NOTES_API. Requests come with the
# API's name as Host and CloudFront's address as RemoteAddr. X-Forwarded-For begins
# with whatever the client sent: decide nothing by an address in it. The authorizer
# stays the guard, for the API's own endpoint is open to all who know it.
#
# A function URL behind an origin access control is no substitute: CloudFront's
# signature takes the place of the viewer's Authorization, and so of the token.
data "aws_cloudfront_cache_policy" "none" {
  name = "Managed-CachingDisabled"
}

data "aws_cloudfront_cache_policy" "files" {
  name = "Managed-CachingOptimized"
}

# With the viewer's Host an API's own endpoint answers 403.
data "aws_cloudfront_origin_request_policy" "all_but_host" {
  name = "Managed-AllViewerExceptHostHeader"
}

resource "aws_cloudfront_distribution" "this" {
  enabled = true
  origin {
    origin_id   = "page"
    domain_name = var.page_host
    custom_origin_config {
      http_port              = 80
      https_port             = 443
      origin_protocol_policy = "https-only"
      origin_ssl_protocols   = ["TLSv1.2"]
    }
  }
  origin {
    origin_id   = "api"
    domain_name = var.api_host
    custom_origin_config {
      http_port              = 80
      https_port             = 443
      origin_protocol_policy = "https-only"
      origin_ssl_protocols   = ["TLSv1.2"]
      origin_read_timeout    = 30
    }
  }
  default_cache_behavior {
    target_origin_id       = "page"
    viewer_protocol_policy = "redirect-to-https"
    allowed_methods        = ["GET", "HEAD"]
    cached_methods         = ["GET", "HEAD"]
    cache_policy_id        = data.aws_cloudfront_cache_policy.files.id
  }
  dynamic "ordered_cache_behavior" {
    for_each = ["/hello", "/notes*", "/profile"]
    content {
      path_pattern             = ordered_cache_behavior.value
      target_origin_id         = "api"
      viewer_protocol_policy   = "https-only"
      allowed_methods          = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"]
      cached_methods           = ["GET", "HEAD"]
      cache_policy_id          = data.aws_cloudfront_cache_policy.none.id
      origin_request_policy_id = data.aws_cloudfront_origin_request_policy.all_but_host.id
    }
  }
  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }
  viewer_certificate {
    cloudfront_default_certificate = true
  }
}
