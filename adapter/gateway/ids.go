package gateway

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/gatehouse-go/gatehouse/adapter"
)

// identify gives the request its ids.
func (c *call) identify() {
	c.requestID, c.invocationID = uuid(), uuid()
	if c.gateway.config.Format == adapter.FunctionURL {
		c.invocationID = c.requestID
	}
	var id [11]byte
	rand.Read(id[:])
	c.extendedID = base64.URLEncoding.EncodeToString(id[:])
	c.traced()
}

// uuid is a random UUID, RFC 9562 section 5.4.
func uuid() string {
	var id [16]byte
	rand.Read(id[:])
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:])
}

// traced gives the request its trace. A trace that the client began goes on: its
// header is kept, and given what it lacks. An ALB adds the field Self ("Request
// tracing for your Application Load Balancer"), the other fronts a Parent, where
// there is none. Lambda tells the function of a parent and whether the trace is
// sampled in any case ("Concepts" of X-Ray, Tracing header); nothing is sampled
// here.
func (c *call) traced() {
	c.trace = c.request.Header.Get("X-Amzn-Trace-Id")
	switch {
	case !hasField(c.trace, "Root"):
		c.trace = "Root=" + c.traceID()
	case c.gateway.config.Format == adapter.ALB:
		c.trace = "Self=" + c.traceID() + ";" + without(c.trace, "Self")
	case !hasField(c.trace, "Parent"):
		c.trace += ";Parent=" + randomHex(8)
	}
	c.lambdaTrace = c.trace
	if !hasField(c.lambdaTrace, "Parent") {
		c.lambdaTrace += ";Parent=" + randomHex(8)
	}
	if !hasField(c.lambdaTrace, "Sampled") {
		c.lambdaTrace += ";Sampled=0"
	}
}

// traceID is a trace's id, which begins at the request's time.
func (c *call) traceID() string {
	return fmt.Sprintf("1-%08x-%s", c.at.Unix(), randomHex(12))
}

// without is a tracing header without the field.
func without(trace, name string) string {
	fields := strings.Split(trace, ";")
	return strings.Join(slices.DeleteFunc(fields, func(field string) bool { return hasField(field, name) }), ";")
}

// hasField reports whether a tracing header has the field, in any case of its
// name: Function URLs answer in lower case
// (https://github.com/aws/aws-lambda-web-adapter/issues/491).
func hasField(trace, name string) bool {
	for field := range strings.SplitSeq(trace, ";") {
		key, value, _ := strings.Cut(strings.TrimSpace(field), "=")
		if strings.EqualFold(key, name) && value != "" {
			return true
		}
	}
	return false
}

func randomHex(size int) string {
	id := make([]byte, size)
	rand.Read(id)
	return hex.EncodeToString(id)
}

// The fronts put their ids on every answer, so that it can be found in their
// logs.

func idsREST(c *call) map[string]string {
	return map[string]string{
		"X-Amzn-Requestid": c.requestID,
		"X-Amz-Apigw-Id":   c.extendedID,
		"X-Amzn-Trace-Id":  c.trace,
	}
}

func idsHTTPAPI(c *call) map[string]string {
	return map[string]string{"Apigw-Requestid": c.extendedID}
}

func idsFunctionURL(c *call) map[string]string {
	return map[string]string{
		"X-Amzn-Requestid": c.requestID,
		"X-Amzn-Trace-Id":  c.trace,
	}
}
