# A function URL instead of an API.
#
# Pins: claims.Config{Sources: []claims.Source{claims.SigV4}, APIs: []string{ID}}. ID
# is the output below. It is known after the first apply, so the second one puts it
# into the function's settings; until then, pin it to a name that no URL has. With
# authorization_type NONE nobody vouches for a caller: verify tokens with
# authz/jwtverify, with Binding: jwtverify.BindingNone.
resource "aws_lambda_function_url" "this" {
  function_name      = var.function
  qualifier          = "live"
  authorization_type = "AWS_IAM"
}

resource "aws_lambda_permission" "url" {
  statement_id           = "url"
  action                 = "lambda:InvokeFunctionUrl"
  function_name          = var.function
  qualifier              = "live"
  principal              = var.caller
  function_url_auth_type = "AWS_IAM"
}

# A caller needs a second permission, lambda:InvokeFunction. Without the condition
# lambda:InvokedViaFunctionUrl it would also be good for Invoke, whose payload is the
# whole event: whoever has it writes path, headers and caller as they like. That is
# everybody, where the principal is "*". The provider has no argument for the
# condition in 5.100, but CloudFormation has.
resource "aws_cloudformation_stack" "url_invoke" {
  name          = "${var.function}-url"
  template_body = file("${path.module}/url-invoke.yaml")
  parameters    = { Function = "${var.function}:live", Caller = var.caller }
}

output "url_id" {
  value = aws_lambda_function_url.this.url_id
}
