package chat

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
)

// Management is a Sender that calls the API's @connections. It is safe for concurrent
// use.
type Management struct {
	client   *http.Client
	endpoint string
}

// NewManagement returns the Management of an API. The client signs requests, as
// caller.IAM of examples/machines does. The endpoint is the API's own with its stage,
// https://ID.execute-api.REGION.amazonaws.com/STAGE, or a custom domain with its
// mapping key and no stage, https://chat.example.com. It comes from the settings and
// not from events, since signed requests go to it. Plain http is for loopback.
//
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html
func NewManagement(client *http.Client, endpoint string) (*Management, error) {
	u, err := url.Parse(endpoint)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, fmt.Errorf("chat: %q is not the https URL of an API", endpoint)
	}
	if u.Scheme != "https" && (u.Scheme != "http" || !isLoopback(u.Hostname())) {
		return nil, fmt.Errorf("chat: %q does not begin with https", endpoint)
	}
	path := strings.Trim(u.Path, "/")
	if strings.Contains(u.Hostname(), ".execute-api.") && (path == "" || strings.Contains(path, "/")) {
		return nil, fmt.Errorf("chat: %q does not end in the API's stage", endpoint)
	}
	return &Management{client, strings.TrimRight(endpoint, "/")}, nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Post sends a message to the client of a connection.
func (m *Management) Post(ctx context.Context, id string, message []byte) error {
	return m.do(ctx, http.MethodPost, id, message)
}

// Close ends a connection.
func (m *Management) Close(ctx context.Context, id string) error {
	if err := m.do(ctx, http.MethodDelete, id, nil); !errors.Is(err, ErrGone) {
		return err
	}
	return nil
}

// do returns errors that name neither the connection nor the message.
func (m *Management) do(ctx context.Context, method, id string, body []byte) error {
	// IDs end in "=", which has to be escaped before it is signed.
	r, err := http.NewRequestWithContext(ctx, method, m.endpoint+"/@connections/"+url.QueryEscape(id), bytes.NewReader(body))
	if err != nil {
		return errors.New("chat: @connections: the request cannot be made")
	}
	resp, err := m.client.Do(r)
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	if err != nil {
		return fmt.Errorf("chat: @connections: %w", err)
	}
	defer resp.Body.Close()
	switch {
	case resp.StatusCode == http.StatusGone:
		return ErrGone
	case resp.StatusCode > 299:
		return fmt.Errorf("chat: @connections: %s", resp.Status)
	}
	return nil
}
