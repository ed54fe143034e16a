package local

import (
	"maps"
	"slices"
	"strings"

	"github.com/gatehouse-go/gatehouse/claims"
)

const groupsClaim = "cognito:groups"

// Claims returns the Config that reads the tokens of this issuer, and of others,
// as a gateway hands them on. It pins the issuers, gives those that have a Name
// their logical name, and says that cognito:groups is a list, which package claims
// assumes only of Amazon Cognito's own issuers. The other fields are zero; the
// caller may set them.
//
// On an HTTP API with payload format 1.0 tokens count only if APIs is set as well,
// to the gateway's APIID, which is "a1b2c3d4e5" unless Options.Configure changes
// it.
func (i *Issuer) Claims(others ...*Issuer) claims.Config {
	config := claims.Config{Lists: []string{groupsClaim}, CommaLists: []string{groupsClaim}}
	for _, issuer := range append([]*Issuer{i}, others...) {
		config.Issuers = append(config.Issuers, issuer.url)
		if issuer.name != "" {
			if config.IssuerNames == nil {
				config.IssuerNames = map[string]string{}
			}
			config.IssuerNames[issuer.name] = issuer.url
		}
		if slices.ContainsFunc(slices.Collect(maps.Values(issuer.users)), User.hasComma) {
			config.CommaLists = nil
		}
	}
	return config
}

// hasComma reports whether a REST API's a,b could be one group of the user's.
func (u User) hasComma() bool {
	return slices.ContainsFunc(u.Groups, func(group string) bool { return strings.Contains(group, ",") })
}
