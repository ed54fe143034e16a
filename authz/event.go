package authz

import (
	"encoding/json"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/internal/scan"
)

// ids reads apiId and requestId of the event's requestContext; ALB and VPC
// Lattice have neither. They are records, not credentials: what is missing or
// malformed is empty.
func ids(event *adapter.Event) (api, request string) {
	var data json.RawMessage
	if event.RequestContext(&data) != nil {
		return "", ""
	}
	s := scan.New(data)
	for s.Enter(); s.Next(); {
		switch name := s.Name(); {
		case s.Kind() != '"':
			s.Skip()
		case name.Is(data, "apiId"):
			api = string(s.String().Append(nil, data))
		case name.Is(data, "requestId"):
			request = string(s.String().Append(nil, data))
		default:
			s.Skip()
		}
	}
	return api, request
}
