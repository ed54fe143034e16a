package adapter

import (
	"bytes"

	"github.com/gatehouse-go/gatehouse/internal/scan"
)

// payloadV2 reads payload 2.0 of HTTP APIs. The path has been decoded and how
// the client encoded it is lost; the query is as the client sent it.
//
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
func (f *fields) payloadV2() source {
	s := source{
		method:      f.context.method,
		path:        f.rawPath,
		pathDecoded: true,
		query:       rawQuery,
		rawQuery:    f.rawQuery,
		sourceIP:    f.context.sourceIP,
		protocol:    f.context.protocol,
	}
	if f.rawQuery == (scan.Text{}) { // missing or null, as in events written by hand
		s.query = decodedMaps
	}
	return s
}

// functionURL reads Lambda function URL events: payload 2.0, but the path as the
// client encoded it.
//
// https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
func (f *fields) functionURL() source {
	s := f.payloadV2()
	s.pathDecoded = false
	return s
}

// isFunctionURL reports whether the host is a function URL's,
// <url-id>.lambda-url.<region>.on.aws: nothing else in the event always differs.
func (f *fields) isFunctionURL() bool {
	host := f.context.domainName.Bytes(f.data)
	return bytes.HasSuffix(host, []byte(".on.aws")) && bytes.Contains(host, []byte(".lambda-url."))
}

// isHTTPAPI reports whether the host is an API's own.
func (f *fields) isHTTPAPI() bool {
	return bytes.Contains(f.context.domainName.Bytes(f.data), []byte(".execute-api."))
}
