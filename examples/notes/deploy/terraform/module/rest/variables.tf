variable "name" {
  type = string
}

variable "stage" {
  type = string
}

variable "routes_file" {
  type = string
}

variable "invoke_arn" {
  description = "Of the function's alias."
  type        = string
}

variable "user_pool_arn" {
  type = string
}

variable "origin" {
  type = string
}

variable "api_keys" {
  type = set(string)
}

variable "daily_quota" {
  type = number
}

variable "throttle" {
  type = object({ rate = number, burst = number })
}

variable "route_throttles" {
  type = map(object({ rate = number, burst = number }))
}

variable "web_acl" {
  type = string
}

variable "vpc_endpoints" {
  type = list(string)
}

variable "default_endpoint" {
  type = bool
}

variable "log_group_arn" {
  type = string
}

variable "log_format" {
  type = string
}
