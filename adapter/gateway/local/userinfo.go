package local

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
)

// userInfo is the reply of /oauth2/userInfo. A user pool writes
// email_verified as a text
// (https://docs.aws.amazon.com/cognito/latest/developerguide/userinfo-endpoint.html).
type userInfo struct {
	Sub           string `json:"sub"`
	Email         string `json:"email,omitempty"`
	EmailVerified string `json:"email_verified,omitempty"`
	Username      string `json:"username"`
}

// accessClaims are what the endpoint wants to know of a token.
type accessClaims struct {
	Iss       string  `json:"iss"`
	Exp       float64 `json:"exp"`
	TokenUse  string  `json:"token_use"`
	Username  string  `json:"username"`
	Scope     string  `json:"scope"`
	OriginJTI string  `json:"origin_jti"`
}

// serveUserInfo answers an access token of a session that has not ended. The
// token must have the scope openid. Without the scopes email and profile beside
// it, a user pool tells everything it knows; with one of them, what belongs to
// it.
func (i *Issuer) serveUserInfo(w http.ResponseWriter, r *http.Request) {
	claims, ok := i.accessToken(r.Context(), r.Header.Values("Authorization"))
	if !ok {
		w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
		writeJSON(w, http.StatusUnauthorized, map[string]oauthError{"error": invalidToken})
		return
	}
	user := i.users[claims.Username]
	info := userInfo{Sub: user.Sub, Username: user.Username}
	scopes := strings.Split(claims.Scope, " ")
	if user.Email != "" && (slices.Contains(scopes, "email") || !slices.Contains(scopes, "profile")) {
		info.Email, info.EmailVerified = user.Email, "true"
	}
	writeJSON(w, http.StatusOK, info)
}

func (i *Issuer) accessToken(ctx context.Context, authorization []string) (accessClaims, bool) {
	if len(authorization) != 1 {
		return accessClaims{}, false
	}
	scheme, token, _ := strings.Cut(authorization[0], " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return accessClaims{}, false
	}
	payload, err := i.Verify(ctx, token)
	if err != nil {
		return accessClaims{}, false
	}
	var claims accessClaims
	if json.Unmarshal(payload, &claims) != nil {
		return accessClaims{}, false
	}
	return claims, i.admits(claims)
}

func (i *Issuer) admits(c accessClaims) bool {
	now := i.now()
	return c.Iss == i.url && c.TokenUse == "access" && float64(now.Unix()) < c.Exp && i.knows(c.Username) &&
		slices.Contains(strings.Split(c.Scope, " "), "openid") && (c.OriginJTI == "" || i.store.lives(c.OriginJTI, now))
}
