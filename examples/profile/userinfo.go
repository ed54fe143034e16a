package profile

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/gatehouse-go/gatehouse/claims"
)

// Limits of UserInfo.
const (
	fresh    = 5 * time.Minute // how long an address is not asked for again
	usable   = time.Hour       // how old it may be while the issuer cannot be asked
	patience = 2 * time.Second // how long a caller waits for the issuer
	maxUsers = 10_000          // kept at once
	maxReply = 64 << 10
)

// UserInfo asks the issuer's userInfo endpoint (OpenID Connect Core section 5.3) and
// keeps what it says, for each caller apart. It is safe for concurrent use.
type UserInfo struct {
	url    string
	client *http.Client

	mu    sync.Mutex
	users map[string]user
}

type user struct {
	email string
	asked time.Time
}

// NewUserInfo returns a UserInfo for an endpoint, which must be https, or on this
// machine: callers' tokens are sent there.
func NewUserInfo(endpoint string) (*UserInfo, error) {
	u, err := url.Parse(endpoint)
	if err != nil || u.Host == "" || u.User != nil || u.Scheme != "https" && (u.Scheme != "http" || u.Hostname() != "localhost" && u.Hostname() != "127.0.0.1") {
		return nil, errors.New("profile: the userInfo endpoint must be an https URL")
	}
	return &UserInfo{
		url: endpoint,
		client: &http.Client{Timeout: patience, CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse // a token goes where the setting says, and nowhere else
		}},
		users: map[string]user{},
	}, nil
}

// Email returns the caller's address.
func (i *UserInfo) Email(ctx context.Context, caller *claims.Identity, token string) (string, error) {
	key := caller.Key()
	i.mu.Lock()
	known, ok := i.users[key]
	i.mu.Unlock()
	if ok && time.Since(known.asked) < fresh {
		return known.email, nil
	}
	email, err := i.ask(ctx, caller.Subject, token)
	switch {
	case err == nil:
		i.keep(key, user{email, time.Now()})
		return email, nil
	case errors.Is(err, ErrRefused) || errors.Is(err, ErrAnother):
		i.forget(key)
		return "", err
	case ok && time.Since(known.asked) < usable:
		return known.email, nil
	}
	return "", err
}

func (i *UserInfo) ask(ctx context.Context, subject, token string) (string, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, i.url, nil)
	if err != nil {
		return "", err
	}
	r.Header.Set("Authorization", "Bearer "+token)
	resp, err := i.client.Do(r)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	switch resp.StatusCode {
	case http.StatusOK:
	case http.StatusUnauthorized, http.StatusForbidden:
		return "", ErrRefused
	default:
		return "", fmt.Errorf("profile: userInfo answered %s", resp.Status)
	}
	var info struct {
		Subject  string `json:"sub"`
		Email    string `json:"email"`
		Verified any    `json:"email_verified"` // Cognito: "true"; others: true
	}
	if err := json.NewDecoder(io.LimitReader(resp.Body, maxReply)).Decode(&info); err != nil {
		return "", errors.New("profile: userInfo's answer cannot be read")
	}
	if info.Subject != subject {
		return "", ErrAnother // OpenID Connect Core section 5.3.2
	}
	if !isTrue(info.Verified) {
		return "", nil // anybody can claim to have an address
	}
	return info.Email, nil
}

// isTrue reports what email_verified means.
func isTrue(verified any) bool { return verified == true || verified == "true" }

func (i *UserInfo) keep(key string, u user) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if len(i.users) >= maxUsers {
		clear(i.users)
	}
	i.users[key] = u
}

func (i *UserInfo) forget(key string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	delete(i.users, key)
}
