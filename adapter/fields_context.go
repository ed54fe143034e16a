package adapter

import "github.com/gatehouse-go/gatehouse/internal/scan"

// contextFields are those of requestContext.
type contextFields struct {
	span                                   span
	method, sourceIP, protocol, domainName scan.Text
	path, stage, routeKey, eventType       scan.Text
	requestID, apiID                       scan.Text
	elb, http, connectionID, service       bool // seen, and of the right kind
	twice                                  bool // the event has more than one requestContext
}

func (c *contextFields) read(data []byte, i int) int {
	*c = contextFields{twice: c.twice || c.span != span{}}
	if scan.Kind(data, i) != '{' {
		return scan.Skip(data, i)
	}
	start := i
	name, i, ok := scan.First(data, i)
	for ; ok; name, i, ok = scan.Next(data, i) {
		i = c.member(data, name.Bytes(data), i)
	}
	if i > 0 {
		c.span = span{int32(start), int32(i)}
	}
	return i
}

func (c *contextFields) member(data, name []byte, i int) int {
	kind := scan.Kind(data, i)
	switch string(name) {
	case "http":
		c.http = kind == '{'
		return c.caller(data, i)
	case "identity":
		return c.caller(data, i)
	case "domainName":
		return text(data, i, &c.domainName)
	case "protocol":
		return text(data, i, &c.protocol)
	case "path":
		return text(data, i, &c.path)
	case "requestId":
		return text(data, i, &c.requestID)
	case "apiId":
		return text(data, i, &c.apiID)
	case "stage":
		return text(data, i, &c.stage)
	case "routeKey":
		return text(data, i, &c.routeKey)
	case "eventType":
		return text(data, i, &c.eventType)
	case "elb":
		c.elb = kind == '{'
	case "connectionId":
		c.connectionID = kind == '"'
	case "serviceArn", "serviceNetworkArn":
		c.service = c.service || kind == '"'
	}
	return scan.Skip(data, i)
}

// caller reads what payload 2.0 keeps in requestContext.http and the others in
// requestContext.identity: no event has both.
func (c *contextFields) caller(data []byte, i int) int {
	if scan.Kind(data, i) != '{' {
		return scan.Skip(data, i)
	}
	name, i, ok := scan.First(data, i)
	for ; ok; name, i, ok = scan.Next(data, i) {
		switch string(name.Bytes(data)) {
		case "method":
			i = text(data, i, &c.method)
		case "sourceIp":
			i = text(data, i, &c.sourceIP)
		case "protocol":
			i = text(data, i, &c.protocol)
		default:
			i = scan.Skip(data, i)
		}
	}
	return i
}
