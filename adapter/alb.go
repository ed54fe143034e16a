package adapter

// alb reads events of an Application Load Balancer's Lambda target. Neither path
// nor query has been decoded. The target group's setting for multi-value headers
// decides which maps there are, and in which the reply must be. A health check
// has no Host.
//
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html
func (f *fields) alb() source {
	return source{method: f.method, path: f.path, query: rawMaps, forwarded: true}
}
