package gateway

// The fronts put their ids on every answer, so that it can be found in their
// logs.

func idsREST(c *call) map[string]string {
	return map[string]string{
		"X-Amzn-Requestid": c.requestID,
		"X-Amz-Apigw-Id":   c.extendedID,
		"X-Amzn-Trace-Id":  c.traceID,
	}
}

func idsHTTPAPI(c *call) map[string]string {
	return map[string]string{"Apigw-Requestid": c.extendedID}
}

func idsFunctionURL(c *call) map[string]string {
	return map[string]string{
		"X-Amzn-Requestid": c.requestID,
		"X-Amzn-Trace-Id":  c.traceID,
	}
}
