package console

import (
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"time"
)

// about is what the page is told once.
type about struct {
	API     string   `json:"api"`
	Issuer  string   `json:"issuer"`
	Front   string   `json:"front"`
	Other   string   `json:"other"` // another origin; "": none
	Clients []Client `json:"clients"`
	Users   []User   `json:"users"`
	Tries   []Try    `json:"tries"`
	Policy  Policy   `json:"policy"`
}

func (c *Console) serveAbout(w http.ResponseWriter, _ *http.Request) {
	a := about{
		API: *c.api.Load(), Front: c.config.Format.String(), Other: c.other,
		Clients: c.config.Clients, Users: c.config.Users, Tries: c.config.Tries, Policy: c.config.Policy,
	}
	if c.config.Minter != nil {
		a.Issuer = c.config.Minter.URL()
	}
	writeJSON(w, http.StatusOK, a)
}

// slowest is how long a write to a live stream may take, after which the tab is
// given up: it asks again when it wakes.
const slowest = 10 * time.Second

// serveLive sends a line of JSON for each exchange that changes, beginning with
// all that are remembered. Changes that follow each other closely are sent
// together.
func (c *Console) serveLive(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/x-ndjson")
	reader := c.ring.subscribe()
	defer c.ring.unsubscribe(reader)
	response := http.NewResponseController(w)
	encoder := json.NewEncoder(w)
	// An empty line, because Firefox hands a reply to its page with the first byte.
	if _, err := io.WriteString(w, "\n"); err != nil || response.Flush() != nil {
		return
	}
	for {
		select {
		case <-r.Context().Done():
			return
		case <-c.ring.closed:
			return
		case <-reader.signal:
		}
		_ = response.SetWriteDeadline(time.Now().Add(slowest)) // a server that has none does without
		for _, v := range c.ring.take(reader) {
			if encoder.Encode(v) != nil {
				return
			}
		}
		if response.Flush() != nil {
			return
		}
		if !pause(r, c.ring.closed) {
			return
		}
	}
}

// pause lets changes gather, so that a thousand requests do not make a thousand
// writes.
func pause(r *http.Request, closed <-chan struct{}) bool {
	timer := time.NewTimer(50 * time.Millisecond)
	defer timer.Stop()
	select {
	case <-r.Context().Done():
		return false
	case <-closed:
		return false
	case <-timer.C:
		return true
	}
}

// serveExchange tells all of one exchange.
func (c *Console) serveExchange(w http.ResponseWriter, r *http.Request) {
	id, err := strconv.ParseUint(r.PathValue("id"), 10, 64)
	if err != nil {
		http.Error(w, "not a number", http.StatusBadRequest)
		return
	}
	c.ring.mu.Lock()
	e := c.ring.find(id)
	var all struct {
		View     view    `json:"view"`
		Request  message `json:"request"`
		Response message `json:"response"`
	}
	if e != nil {
		all.View, all.Request, all.Response = e.view(), e.request, e.response
	}
	c.ring.mu.Unlock()
	if e == nil {
		http.Error(w, "no longer remembered", http.StatusNotFound)
		return
	}
	writeJSON(w, http.StatusOK, all)
}

func (c *Console) serveClear(w http.ResponseWriter, _ *http.Request) {
	c.ring.forget()
	w.WriteHeader(http.StatusNoContent)
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the client has gone
}

// readJSON reads a small object into v, and answers 400 if it is none.
func readJSON(w http.ResponseWriter, r *http.Request, v any) bool {
	decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(v); err != nil {
		http.Error(w, "not the JSON that was expected", http.StatusBadRequest)
		return false
	}
	return true
}
