package notes

import "github.com/gatehouse-go/gatehouse/claims"

// Greeting is the answer to GET /hello.
type Greeting struct {
	Message string `json:"message"`
	Path    string `json:"path"`
	Method  string `json:"method"`
}

// Hello greets anybody.
func (a *API) Hello(method, path string) Greeting {
	return Greeting{"Hello from Lambda", path, method}
}

// Profile is the answer to GET /profile.
type Profile struct {
	Message string      `json:"message"`
	User    ProfileUser `json:"user"`
	Auth    ProfileAuth `json:"auth"`
}

// ProfileUser says who is calling. Username is empty for a client that acts on
// its own behalf.
type ProfileUser struct {
	Sub      string `json:"sub"`
	Username string `json:"username"`
	ClientID string `json:"clientId"`
}

// ProfileAuth says with what.
type ProfileAuth struct {
	TokenUse string   `json:"tokenUse"`
	Scopes   []string `json:"scopes"`
}

// Profile tells callers what their tokens say about them.
func (a *API) Profile(caller *claims.Identity) Profile {
	return Profile{
		Message: "This is who you are",
		User:    ProfileUser{caller.Subject, caller.Username, caller.ClientID},
		Auth:    ProfileAuth{caller.TokenUse, caller.Scopes},
	}
}
