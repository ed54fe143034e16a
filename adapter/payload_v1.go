package adapter

// payloadV1 reads REST API events and payload 1.0 of HTTP APIs. The path is as
// the client encoded it; the query comes decoded.
//
// https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
func (f *fields) payloadV1() source {
	return source{
		method:   f.method,
		path:     f.path,
		query:    decodedMaps,
		sourceIP: f.context.sourceIP,
		protocol: f.context.protocol,
	}
}
