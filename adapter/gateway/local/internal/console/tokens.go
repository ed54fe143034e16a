package console

import (
	"net/http"
	"strings"
	"time"
)

// order is a token that the page asks for.
type order struct {
	Client  string   `json:"client"`
	User    string   `json:"user"` // "": the client speaks for itself
	Scopes  []string `json:"scopes"`
	Groups  []string `json:"groups"`
	Use     string   `json:"use"`     // access or id
	Expires int      `json:"expires"` // in seconds from now; below 0: expired
	Wrong   string   `json:"wrong"`   // "", audience, issuer or signature
}

// serveMint makes a token of the local issuer, and wrong ones on purpose.
func (c *Console) serveMint(w http.ResponseWriter, r *http.Request) {
	var o order
	if !readJSON(w, r, &o) {
		return
	}
	if c.config.Minter == nil {
		http.Error(w, "there is no local issuer", http.StatusNotFound)
		return
	}
	claims := o.claims(c.config.Minter.URL(), c.user(o.User), time.Now())
	if audience := c.audience(o.Client); audience != "" && claims["aud"] == nil {
		claims["aud"] = audience
	}
	token, err := c.config.Minter.Token(claims)
	if err != nil {
		http.Error(w, "the issuer could not make it", http.StatusInternalServerError)
		return
	}
	if o.Wrong == "signature" {
		token = altered(token)
	}
	writeJSON(w, http.StatusOK, map[string]string{"token": token})
}

func (c *Console) audience(client string) string {
	for _, known := range c.config.Clients {
		if known.ID == client {
			return known.Audience
		}
	}
	return ""
}

// user is the one of that name, or somebody whom the issuer does not know.
func (c *Console) user(name string) User {
	for _, user := range c.config.Users {
		if user.Name == name {
			return user
		}
	}
	return User{Name: name, Sub: name}
}

// claims are what a token of that kind has; the issuer adds the rest.
func (o order) claims(issuer string, user User, now time.Time) map[string]any {
	claims := map[string]any{
		"sub":       o.Client,
		"client_id": o.Client,
		"scope":     strings.Join(o.Scopes, " "),
		"exp":       now.Add(time.Duration(o.Expires) * time.Second).Unix(),
		"iss":       issuer,
	}
	if o.Expires < 0 {
		claims["iat"] = now.Add(time.Duration(2*o.Expires) * time.Second).Unix()
	}
	if len(o.Groups) > 0 {
		claims["cognito:groups"] = o.Groups
	}
	if o.User != "" {
		claims["sub"], claims["username"] = user.Sub, user.Name
	}
	if o.Use == "id" {
		claims["token_use"], claims["aud"], claims["client_id"], claims["scope"], claims["version"] = "id", o.Client, nil, nil, nil
		claims["username"], claims["cognito:username"] = nil, user.Name
		if user.Email != "" {
			claims["email"], claims["email_verified"] = user.Email, true
		}
	}
	switch o.Wrong {
	case "audience":
		claims["client_id"], claims["aud"] = nil, "another-client"
	case "issuer":
		claims["iss"] = issuer + "/another"
	}
	return claims
}

// altered changes the signature of a token.
func altered(token string) string {
	i := strings.LastIndexByte(token, '.') + 1
	return token[:i] + strings.Map(func(c rune) rune {
		if c == 'A' {
			return 'B'
		}
		return 'A'
	}, token[i:i+8]) + token[i+8:]
}
