package chat

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"

	"github.com/gatehouse-go/gatehouse/adapter"
)

// Subprotocol is what clients speak. They offer it and, after it, their ticket:
//
//	new WebSocket(url, ["chat", "ticket." + ticket])
const Subprotocol = "chat"

const ticketPrefix = "ticket."

// MaxText is the largest text of a message, in bytes.
const MaxText = 4 << 10

var errSender = errors.New("chat: the event is not from a WebSocket API")

// Fallback returns what serves the events of the WebSocket API, for
// adapter.Options.Fallback of the function that serves Handler.
func (s *Service) Fallback() func(context.Context, json.RawMessage) (any, error) {
	mux := http.NewServeMux()
	mux.Handle("GET /$connect", s.on("CONNECT", s.connect))
	mux.Handle("POST /$default", s.on("MESSAGE", s.message))
	mux.Handle("POST /$disconnect", s.on("DISCONNECT", s.disconnect))
	sockets := adapter.New(mux, &adapter.Options{Formats: []adapter.Format{adapter.WebSocketAPI}})
	return func(ctx context.Context, event json.RawMessage) (any, error) {
		// A user of an identity pool who invokes the function writes the whole event.
		if lc, ok := lambdacontext.FromContext(ctx); ok && lc.Identity != (lambdacontext.CognitoIdentity{}) {
			return nil, errSender
		}
		reply, err := sockets.Invoke(ctx, event)
		return json.RawMessage(reply), err
	}
}

// on hands on the events of one type, of this API alone. They are identified by the
// connection's ID, which API Gateway chooses.
func (s *Service) on(eventType string, do func(http.ResponseWriter, *http.Request, string)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var from struct {
			APIID string `json:"apiId"`
		}
		event, ok := adapter.FromContext(r.Context())
		if !ok || event.RequestContext(&from) != nil || s.API == "" || from.APIID != s.API {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		c, ok := event.Connection()
		if !ok || c.ID == "" || c.EventType != eventType {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		do(w, r, c.ID)
	})
}

// connect checks the origin before the ticket, so that another site's page cannot use
// up a ticket. A client without Origin is not a browser, and is refused too.
func (s *Service) connect(w http.ResponseWriter, r *http.Request, id string) {
	origin := r.Header.Values("Origin")
	if len(origin) != 1 || !slices.Contains(s.Origins, origin[0]) {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	ticket, ok := offered(r.Header)
	if !ok {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	t, err := s.Tickets.Redeem(r.Context(), hash(ticket))
	if err == nil && (!time.Now().Before(t.Until) || !s.admits(t.Seat)) {
		err = ErrNone
	}
	if err == nil {
		err = s.Connections.Add(r.Context(), id, t.Seat)
	}
	switch {
	case errors.Is(err, ErrNone):
		w.WriteHeader(http.StatusUnauthorized)
	case errors.Is(err, ErrTaken):
		w.WriteHeader(http.StatusConflict)
	case err != nil:
		logFailure(r.Context(), err)
		w.WriteHeader(http.StatusServiceUnavailable)
	default:
		w.Header().Set("Sec-WebSocket-Protocol", Subprotocol) // and not the ticket
	}
}

// offered returns the one ticket among the subprotocols.
func offered(h http.Header) (ticket string, ok bool) {
	speaks := false
	for protocol := range strings.SplitSeq(strings.Join(h.Values("Sec-WebSocket-Protocol"), ","), ",") {
		protocol = strings.TrimSpace(protocol)
		if text, found := strings.CutPrefix(protocol, ticketPrefix); found {
			if ticket != "" {
				return "", false
			}
			ticket = text
		}
		speaks = speaks || protocol == Subprotocol
	}
	return ticket, speaks && ticket != ""
}

// message sends a text to everybody in the sender's room, the sender among them. Who
// sends it, and to which room, is not in the message.
func (s *Service) message(w http.ResponseWriter, r *http.Request, id string) {
	ctx := r.Context()
	room, err := s.Connections.Room(ctx, id)
	if err != nil && !errors.Is(err, ErrNone) {
		logFailure(ctx, err)
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	own := room[id]
	if !s.admits(own) {
		logFailure(ctx, s.end(ctx, id))
		w.WriteHeader(http.StatusForbidden)
		return
	}
	var in struct {
		Text string `json:"text"`
	}
	body, err := io.ReadAll(r.Body)
	if err != nil || json.Unmarshal(body, &in) != nil || in.Text == "" || len(in.Text) > MaxText {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	out, err := json.Marshal(map[string]string{"from": own.Subject, "text": in.Text})
	if err == nil {
		err = s.broadcast(ctx, room, out)
	}
	if err != nil {
		logFailure(ctx, err)
		w.WriteHeader(http.StatusBadGateway)
	}
}

// broadcast sends to one client after another, and goes on if one of them fails. Large
// rooms need a queue.
func (s *Service) broadcast(ctx context.Context, room map[string]Seat, message []byte) error {
	var failures error
	for id, seat := range room {
		if !s.admits(seat) {
			failures = errors.Join(failures, s.end(ctx, id))
			continue
		}
		err := s.Sender.Post(ctx, id, message)
		if errors.Is(err, ErrGone) {
			err = s.Connections.Remove(ctx, id)
		}
		failures = errors.Join(failures, err)
	}
	return failures
}

// end forgets a connection first: nothing is sent to it any more, even if it cannot be
// closed.
func (s *Service) end(ctx context.Context, id string) error {
	return errors.Join(s.Connections.Remove(ctx, id), s.Sender.Close(ctx, id))
}

func (s *Service) disconnect(w http.ResponseWriter, r *http.Request, id string) {
	if err := s.Connections.Remove(r.Context(), id); err != nil {
		logFailure(r.Context(), err)
		w.WriteHeader(http.StatusServiceUnavailable)
	}
}

func logFailure(ctx context.Context, err error) {
	if err != nil {
		slog.ErrorContext(ctx, "chat", "error", err)
	}
}
