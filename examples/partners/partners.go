// Package partners is an API that companies pay for, behind a REST API with usage
// plans. A token says which partner calls; an API key says which plan counts the call.
// The key is no proof of anything, so each partner's token goes with its own key alone.
package partners

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/claims"
)

// Scope is what every operation requires.
const Scope = "rates/read"

// Tier is what a partner has paid for.
type Tier int

// Tiers. The zero Tier is none.
const (
	Basic Tier = iota + 1
	Premium
)

// A Partner is known by the client ID of its tokens.
type Partner struct {
	Tier  Tier   `json:"tier"`
	KeyID string `json:"key_id"` // the ID of its API key, which is no secret, and not the key
}

// Partners are all there are, by client ID.
type Partners map[string]Partner

// Parse reads Partners in JSON, and refuses a key that two of them would share: they
// would share a quota, and each could use up the other's.
func Parse(content []byte) (Partners, error) {
	var all Partners
	if err := json.Unmarshal(content, &all); err != nil {
		return nil, fmt.Errorf("partners: %w", err)
	}
	var problems []error
	holders := map[string]string{}
	for client, p := range all {
		if p.KeyID == "" || p.Tier != Basic && p.Tier != Premium {
			problems = append(problems, fmt.Errorf("partners: %q needs a key_id, and tier 1 or 2", client))
		}
		if other, taken := holders[p.KeyID]; taken {
			problems = append(problems, fmt.Errorf("partners: %q and %q have the same key_id", client, other))
		}
		holders[p.KeyID] = client
	}
	if len(all) == 0 {
		problems = append(problems, errors.New("partners: there are none"))
	}
	return all, errors.Join(problems...)
}

// Handler returns the API.
func Handler(who authz.Identifier, all Partners) *authz.Mux {
	mux := authz.NewMux(&authz.Guard{Identifier: who, Every: authz.All(authz.AccessToken(), all.ownKey())})
	mux.HandleFunc("GET /rates", authz.Scope(Scope), rates)
	mux.HandleFunc("GET /forecast", authz.All(authz.Scope(Scope), all.tier(Premium)), rates)
	return mux
}

// ownKey requires the API key that belongs to the caller: a partner that has another
// one's key would spend its quota, and have its rate.
func (all Partners) ownKey() authz.Requirement {
	return authz.Func("the partner's own API key", func(_ *http.Request, id *claims.Identity) error {
		if p, ok := all[id.ClientID]; !ok || id.APIKeyID == "" || p.KeyID != id.APIKeyID {
			return errors.New("partners: not the API key of this client")
		}
		return nil
	})
}

func (all Partners) tier(least Tier) authz.Requirement {
	return authz.Func(fmt.Sprintf("tier %d", least), func(_ *http.Request, id *claims.Identity) error {
		if all[id.ClientID].Tier < least {
			return errors.New("partners: the client's tier is too low")
		}
		return nil
	})
}

// rates tells the partner's own prices, which no other partner may see.
func rates(w http.ResponseWriter, r *http.Request) {
	caller, _ := claims.FromContext(r.Context())
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"for": caller.ClientID, "EURUSD": 1.17})
}
