package local

import (
	"net/http"
	"slices"
)

// serveLogout sends the browser on to one of the client's LogoutURIs, and to
// nowhere else. The issuer keeps no cookie, so that there is nothing to clear:
// who comes back is asked for the password anyway. Refresh tokens stay good, as
// in a user pool; to end them is what /oauth2/revoke is for
// (https://docs.aws.amazon.com/cognito/latest/developerguide/logout-endpoint.html).
func (i *Issuer) serveLogout(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	client, known := i.clients[query.Get("client_id")]
	target := query.Get("logout_uri")
	if !known || repeated(query) || !slices.Contains(client.LogoutURIs, target) {
		http.Error(w, "unknown client_id, or a logout_uri that is not registered for it", http.StatusBadRequest)
		return
	}
	w.Header().Set("Referrer-Policy", "no-referrer")
	http.Redirect(w, r, target, http.StatusSeeOther)
}
