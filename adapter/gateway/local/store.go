package local

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"sync"
	"time"
)

// store is what an issuer has to remember from one request to the next: its
// keys, the codes that wait to be exchanged, and the sessions that refresh
// tokens continue. It is safe for concurrent use. Every change is written to
// file, if there is one, before anybody learns of it.
type store struct {
	mu   sync.Mutex
	keys *keyring // nil until the first token, or until a file is read
	kept kept
	file *stateFile // nil: the store lives as long as the process
}

// kept is the part of a store that is written down beside the keys.
type kept struct {
	Secret   []byte             `json:"secret"` // authenticates refresh tokens
	Codes    map[string]grant   `json:"codes"`
	Sessions map[string]session `json:"sessions"`
}

// newStore is the store of a process that keeps nothing yet.
func newStore() *store {
	secret := make([]byte, sha256.Size)
	_, _ = rand.Read(secret) // never fails: crypto/rand ends the process instead
	return &store{kept: kept{Secret: secret, Codes: map[string]grant{}, Sessions: map[string]session{}}}
}

// ring returns the issuer's keys, which it makes when they are first needed.
func (s *store) ring() (*keyring, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.keys != nil {
		return s.keys, nil
	}
	keys, err := newKeyring()
	if err != nil {
		return nil, err
	}
	s.keys = keys
	return keys, s.write()
}

// restore continues with what f holds, and keeps it up to date from now on.
// Tokens that were signed before still verify.
func (s *store) restore(f *stateFile) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.file != nil {
		if s.file.is(f) {
			return nil
		}
		return errors.New("local: the issuer already keeps its state in another folder")
	}
	keys, old, err := f.read()
	if err != nil {
		return err
	}
	switch {
	case keys != nil:
		s.keys, err = keys.join(s.keys)
		s.kept = old
	case s.keys == nil:
		s.keys, err = newKeyring()
	}
	if err != nil {
		return err
	}
	s.file = f
	return s.write()
}

// write is called with the lock held.
func (s *store) write() error {
	if s.file == nil || s.keys == nil {
		return nil
	}
	return s.file.write(s.keys, s.kept)
}

// forget drops what is of no more use, so that the store does not grow for
// ever. It is called with the lock held.
func (s *store) forget(now time.Time) {
	for code, g := range s.kept.Codes {
		if g.expired(now) {
			delete(s.kept.Codes, code)
		}
	}
	for id, session := range s.kept.Sessions {
		if session.expired(now) {
			delete(s.kept.Sessions, id)
		}
	}
}

func (s *store) mac(text string) []byte {
	mac := hmac.New(sha256.New, s.kept.Secret)
	mac.Write([]byte(text))
	return mac.Sum(nil)
}
