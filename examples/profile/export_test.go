package profile

import "net/http"

// SetTransport lets a test play the issuer.
func (i *UserInfo) SetTransport(t http.RoundTripper) { i.client.Transport = t }
