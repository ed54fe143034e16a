package adapter

import "strconv"

// Format is the shape in which an AWS front hands a request to the function and
// expects the reply. The zero Format stands for no format.
type Format uint8

const (
	// RESTAPI is an API Gateway REST API with Lambda proxy integration.
	RESTAPI Format = iota + 1
	// HTTPAPIV1 is an API Gateway HTTP API with payload format version 1.0.
	HTTPAPIV1
	// HTTPAPIV2 is an API Gateway HTTP API with payload format version 2.0.
	HTTPAPIV2
	// FunctionURL is a Lambda function URL.
	FunctionURL
	// ALB is an Application Load Balancer with a Lambda target.
	ALB
	// LatticeV1 is a VPC Lattice target group with event structure version V1.
	LatticeV1
	// LatticeV2 is a VPC Lattice target group with event structure version V2.
	LatticeV2
	// WebSocketAPI is an API Gateway WebSocket API.
	WebSocketAPI
)

var formatNames = [...]string{
	RESTAPI:      "REST API",
	HTTPAPIV1:    "HTTP API payload 1.0",
	HTTPAPIV2:    "HTTP API payload 2.0",
	FunctionURL:  "Function URL",
	ALB:          "ALB",
	LatticeV1:    "VPC Lattice v1",
	LatticeV2:    "VPC Lattice v2",
	WebSocketAPI: "WebSocket API",
}

// String returns the format's name as AWS writes it, and "Format(n)" for a value
// that is not one of the constants.
func (f Format) String() string {
	if f == 0 || int(f) >= len(formatNames) {
		return "Format(" + strconv.Itoa(int(f)) + ")"
	}
	return formatNames[f]
}

// MarshalText returns the format's String, "" for the zero Format, for JSON and
// logs.
func (f Format) MarshalText() ([]byte, error) {
	if f == 0 {
		return nil, nil
	}
	return []byte(f.String()), nil
}
