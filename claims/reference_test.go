package claims_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/claims"
)

// A node is a JSON value with everything that a decoder into maps would lose.
type node struct {
	value    any      // of a scalar, or as encoding/json decodes a container
	names    []string // of an object, in order
	values   []*node  // of an object or array
	isObject bool
}

func (n *node) isContainer() bool { return n != nil && (n.isObject || n.values != nil) }
func (n *node) isNull() bool      { return n == nil || !n.isContainer() && n.value == nil }

func parseNode(d *json.Decoder) (*node, error) {
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	delim, container := token.(json.Delim)
	if !container {
		return &node{value: token}, nil
	}
	n := &node{isObject: delim == '{', values: []*node{}}
	object := map[string]any{}
	array := []any{}
	for d.More() {
		name := ""
		if n.isObject {
			token, err := d.Token()
			if err != nil {
				return nil, err
			}
			name = token.(string)
			n.names = append(n.names, name)
		}
		member, err := parseNode(d)
		if err != nil {
			return nil, err
		}
		n.values = append(n.values, member)
		object[name], array = member.value, append(array, member.value)
	}
	n.value = array
	if n.isObject {
		n.value = object
	}
	_, err = d.Token()
	return n, err
}

// nobody is what the reference reading panics with.
type nobody string

func refuse(when bool, why string) {
	if when {
		panic(nobody(why))
	}
}

// one returns the member of an object that is looked for, nil for none.
func (n *node) one(name string) (found *node) {
	refuse(!n.isObject, "not an object")
	for i, other := range n.names {
		if other == name {
			refuse(found != nil, "twice")
			found = n.values[i]
		}
	}
	return found
}

// all returns the members of an object, in which nothing may occur twice.
func (n *node) all() map[string]any {
	refuse(n == nil || !n.isObject, "not an object")
	for _, v := range n.values {
		v.checkNames(1)
	}
	n.checkOwnNames()
	refuse(len(n.names) == 0, "empty")
	return n.value.(map[string]any)
}

func (n *node) checkOwnNames() {
	sorted := slices.Sorted(slices.Values(n.names))
	refuse(len(slices.Compact(sorted)) < len(n.names), "twice")
}

func (n *node) checkNames(depth int) {
	if !n.isContainer() {
		return
	}
	refuse(depth > 64, "deep")
	n.checkOwnNames()
	for _, v := range n.values {
		v.checkNames(depth + 1)
	}
}

// only returns what is listed, under other names.
func only(members map[string]any, names map[string]string) map[string]any {
	kept := map[string]any{}
	for claim, member := range names {
		if v := members[member]; v != nil {
			kept[claim] = v
		}
	}
	return kept
}

func named(names ...string) map[string]string {
	all := map[string]string{}
	for _, name := range names {
		all[name] = name
	}
	return all
}

var (
	signers = []string{"accessKey", "accountId", "caller", "user", "userArn", "principalOrgId", "cognitoIdentityId", "cognitoIdentityPoolId",
		"cognitoAuthenticationType", "cognitoAuthenticationProvider"}
	latticeMembers = named("sourceVpcArn", "type", "principal", "principalOrgID", "sessionName", "x509SanDns", "X509SubjectCn", "X509IssuerOu", "X509SanUri", "X509SanNameCn")
	meanings       = map[string]string{"sub": "userId", "scope": "permissions", "tenant": "tenant"}
)

// readReference says in the plainest words what an event says of its caller: the
// source and its claims, and the certificate. It panics with nobody.
func readReference(front adapter.Format, context *node) (source claims.Source, said, certificate map[string]any) {
	for _, pin := range []string{"apiId", "serviceArn", "stage", "accountId"} {
		context.one(pin)
	}
	signed := false
	identity := context.one("identity")
	if !identity.isNull() {
		for _, name := range append([]string{"apiKeyId", "type", "principal"}, signers...) {
			member := identity.one(name)
			signed = signed || name != "apiKeyId" && !member.isNull() && member.value != ""
		}
		certificate = referenceCertificate(identity, front == adapter.RESTAPI || front == adapter.HTTPAPIV1)
	}
	if authentication := context.one("authentication"); !authentication.isNull() {
		if !authentication.one("clientCert").isNull() {
			certificate = nil
		}
		if c := referenceCertificate(authentication, front == adapter.HTTPAPIV2); c != nil {
			certificate = c
		}
	}
	source, said = referenceBlock(front, context.one("authorizer"))
	refuse(signed && source != 0, "two kinds")
	switch {
	case signed && front == adapter.RESTAPI:
		source, said = claims.SigV4, only(identity.all(), named(signers...))
	case signed && front == adapter.LatticeV2:
		source, said = claims.Lattice, only(identity.all(), latticeMembers)
	case signed:
		refuse(true, "front")
	case source == 0 && certificate != nil:
		source, said = claims.ClientCertificate, certificate
	}
	return source, said, certificate
}

func referenceCertificate(in *node, mutual bool) map[string]any {
	c := in.one("clientCert")
	if c.isNull() || c.isObject && len(c.names) == 0 {
		return nil
	}
	members := c.all()
	blank := true
	for _, v := range members {
		blank = blank && (v == nil || v == "")
	}
	if blank {
		return nil
	}
	refuse(!mutual, "front")
	return members
}

// referenceBlock reads an authorizer object; source 0 means that there is
// nothing in it.
func referenceBlock(front adapter.Format, authorizer *node) (source claims.Source, said map[string]any) {
	if authorizer.isNull() {
		return 0, nil
	}
	blocks := map[string]*node{}
	for _, name := range []string{"principalId", "jwt", "lambda", "iam", "claims"} {
		if b := authorizer.one(name); !b.isNull() {
			blocks[name] = b
		}
	}
	scopes := authorizer.one("scopes")
	others := 0
	for i, name := range authorizer.names {
		if !slices.Contains([]string{"principalId", "jwt", "lambda", "iam", "claims", "scopes"}, name) && !authorizer.values[i].isNull() {
			others++
		}
	}
	_, flat := blocks["principalId"]
	if flat {
		maps.DeleteFunc(blocks, func(name string, b *node) bool { return name != "principalId" && !b.isContainer() })
	}
	refuse(len(blocks) > 1, "two kinds")
	refuse(len(blocks) == 0 && others > 0, "unknown kind")
	for name, block := range blocks {
		switch fmt.Sprint(name, " ", front) {
		case fmt.Sprint("jwt ", adapter.HTTPAPIV2):
			return claims.JWT, block.one("claims").all()
		case fmt.Sprint("lambda ", adapter.HTTPAPIV2):
			return claims.LambdaAuthorizer, only(block.all(), meanings)
		case fmt.Sprint("iam ", adapter.HTTPAPIV2), fmt.Sprint("iam ", adapter.FunctionURL):
			return claims.SigV4, block.all()
		case fmt.Sprint("claims ", adapter.HTTPAPIV1):
			refuse(others > 0 || scopes == nil || !scopes.isNull() && (scopes.isObject || !scopes.isContainer()), "not alone")
			return claims.JWT, block.all()
		case fmt.Sprint("claims ", adapter.RESTAPI):
			refuse(others > 0, "not alone")
			said := block.all()
			_, number := said["exp"].(json.Number)
			if number {
				return claims.NativeJWT, said
			}
			text, _ := said["exp"].(string)
			refuse(!strings.Contains(text, " UTC "), "exp")
			return claims.Cognito, said
		case fmt.Sprint("principalId ", adapter.HTTPAPIV1), fmt.Sprint("principalId ", adapter.RESTAPI), fmt.Sprint("principalId ", adapter.WebSocketAPI):
			return claims.LambdaAuthorizer, only(authorizer.all(), meanings)
		}
		refuse(true, "front")
	}
	return 0, nil
}
