package chat

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"time"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/examples/internal/answer"
)

// Scope is what a ticket requires.
const Scope = "chat/join"

// ticketTime is how long a ticket waits for its connection.
const ticketTime = 30 * time.Second

// Handler returns the HTTP API: POST /rooms/{room}/tickets.
func (s *Service) Handler(who authz.Identifier) *authz.Mux {
	mux := authz.NewMux(&authz.Guard{Identifier: who, Every: authz.AccessToken()})
	mux.HandleFunc("POST /rooms/{room}/tickets", authz.Scope(Scope), s.issue)
	return mux
}

func (s *Service) issue(w http.ResponseWriter, r *http.Request) {
	caller, _ := claims.FromContext(r.Context())
	seat := Seat{Room: r.PathValue("room"), Subject: caller.Subject, Expires: caller.Expiry}
	if !s.admits(seat) {
		answer.Problem(w, http.StatusNotFound, "") // as for a room that is not there
		return
	}
	ticket := rand.Text()
	if err := s.Tickets.Keep(r.Context(), hash(ticket), Ticket{seat, time.Now().Add(ticketTime)}); err != nil {
		logFailure(r.Context(), err)
		answer.Problem(w, http.StatusServiceUnavailable, "")
		return
	}
	answer.JSON(w, http.StatusCreated, map[string]any{"ticket": ticket, "expires_in": int(ticketTime.Seconds())})
}

// hash is what is kept of a ticket: whoever reads the store cannot connect.
func hash(ticket string) string {
	sum := sha256.Sum256([]byte(ticket))
	return hex.EncodeToString(sum[:])
}
