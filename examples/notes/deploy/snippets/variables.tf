# What the snippets beside this file assume. Take one of them, put your own in place
# of the variables, and set the pins that its first lines name.

terraform {
  required_version = ">= 1.9"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7.0"
    }
  }
}

variable "function" {
  description = "Name of the function, which has an alias live."
  type        = string
}

variable "caller" {
  description = "The AWS account whose principals may call the function's URL."
  type        = string
}

variable "api_host" {
  description = "ID.execute-api.REGION.amazonaws.com of the HTTP API."
  type        = string
}

variable "page_host" {
  description = "Where the page's files are."
  type        = string
}

variable "vpc" {
  type = object({ id = string, cidr = string, subnets = list(string), route_tables = list(string) })
}

variable "zip" {
  type = string
}

variable "role" {
  description = "Name and ARN of the function's role."
  type        = object({ name = string, arn = string })
}

data "aws_region" "this" {}
