package adapter

import "github.com/gatehouse-go/gatehouse/internal/scan"

// front is all that sets one format apart from the others.
type front struct {
	request func(*fields) source
	reply   dialect
}

// source is where a format keeps the parts of its request.
type source struct {
	method, path, sourceIP, protocol scan.Text

	pathDecoded bool // the path comes percent-decoded
	query       queryForm
}

// queryForm is how a format writes the query.
type queryForm uint8

const (
	rawQuery    queryForm = iota // one string, as the client sent it
	decodedMaps                  // maps of decoded names and values
)

// dialect is how a format wants its reply.
type dialect struct {
	lists   bool // values are lists in multiValueHeaders, not strings in headers
	cookies bool // Set-Cookie has a list of its own
	limit   int  // of the reply, in bytes of JSON
}

// lambdaLimit is what the Lambda runtime takes as a buffered reply; more makes
// it end the process. (Function.ResponseSizeTooLarge: 6 MB and 100 bytes.)
const lambdaLimit = 6*1024*1024 + 100

var fronts = [...]front{
	RESTAPI:     {(*fields).payloadV1, dialect{lists: true, limit: lambdaLimit}},
	HTTPAPIV1:   {(*fields).payloadV1, dialect{lists: true, limit: lambdaLimit}},
	HTTPAPIV2:   {(*fields).payloadV2, dialect{cookies: true, limit: lambdaLimit}},
	FunctionURL: {(*fields).functionURL, dialect{cookies: true, limit: lambdaLimit}},
}

// detect tells the format. Its order matters: authorizer and agent events look
// exactly like requests but for the members tested first, and a VPC Lattice v2
// event has payload 2.0's version.
func (f *fields) detect() (Format, error) {
	c, m := &f.context, &f.marks
	payload2 := f.version.Len() == 0 || f.version.Is(f.data, "2.0")
	switch {
	case m.authorizerType && m.authorizerARN:
		return 0, &EventError{Kind: "Lambda authorizer"}
	case m.messageVersion && m.agent:
		return 0, &EventError{Kind: "Bedrock agent"}
	case c.elb:
		return ALB, nil
	case c.connectionID && c.eventType:
		return WebSocketAPI, nil
	case c.service:
		return LatticeV2, nil
	case f.snakePath.Len() > 0 && f.method.Len() > 0 && c.span == span{}:
		return LatticeV1, nil
	case c.http && payload2 && f.isFunctionURL():
		return FunctionURL, nil
	case c.http && payload2:
		return HTTPAPIV2, nil
	case f.method.Len() > 0 && f.version.Is(f.data, "1.0"):
		return HTTPAPIV1, nil
	case f.method.Len() > 0 && f.version.Len() == 0 && c.span != span{}:
		return RESTAPI, nil
	}
	return 0, &EventError{Kind: "unknown"}
}
