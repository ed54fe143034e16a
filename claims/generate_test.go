package claims_test

import (
	"fmt"
	"strings"
)

// heads are the beginnings of events whose requestContext tells the front.
var heads = []string{
	`{"httpMethod":"GET","path":"/",`, `{"version":"1.0","httpMethod":"GET","path":"/",`, `{"version":"2.0","rawPath":"/",`,
	`{"version":"2.0","path":"/","method":"GET",`,
}

// generate makes an event of what choices say: mostly what a front writes, with
// every kind of fault here and there.
func generate(choices []byte) string {
	g := &generator{choices: choices}
	front := g.below(8)
	g.front = front
	var head string
	var own []string
	switch front {
	case 0:
		head, own = heads[0], []string{`"httpMethod":"GET"`}
	case 1:
		head = heads[1]
	case 2, 3:
		head, own = heads[2], []string{`"http":{"method":"GET","path":"/"}`}
	case 4:
		head, own = heads[2], []string{`"http":{"method":"GET","path":"/"}`, `"domainName":"abc.lambda-url.eu-west-1.on.aws"`}
	case 5:
		head, own = `{`, []string{`"connectionId":"c"`, `"eventType":"MESSAGE"`}
	case 6:
		head, own = heads[3], []string{`"serviceNetworkArn":"n"`, `"serviceArn":"arn:aws:vpc-lattice:eu-west-1:123456789012:service/svc-1"`}
	case 7:
		head, own = heads[0], []string{`"elb":{"targetGroupArn":"t"}`}
	}
	members := own
	add := func(oneIn int, name, value string) {
		if g.below(oneIn) != 0 {
			members = append(members, g.name(name)+":"+value)
		}
	}
	add(16, "apiId", g.rarely(`"a1b2c3"`))
	add(16, "accountId", g.rarely(`"123456789012"`))
	add(16, "stage", g.rarely(`"$default"`))
	if front != 6 && front != 7 && g.below(8) != 0 || g.below(8) == 0 {
		members = append(members, g.name("authorizer")+":"+g.rarely(g.authorizer(front)))
	}
	if front == 6 || g.below(3) == 0 {
		members = append(members, g.name("identity")+":"+g.rarely(g.identity(front)))
	}
	if g.below(8) == 0 {
		members = append(members, g.name("authentication")+":"+g.rarely(`{`+g.name("clientCert")+`:`+g.rarely(g.certificate())+`}`))
	}
	if g.below(12) == 0 {
		members = append(members, g.member())
	}
	if g.below(24) == 0 {
		members = append(members, g.name(g.pick("authorizer", "identity", "apiId", "http"))+":"+g.value())
	}
	if len(members) > 0 && g.below(50) == 0 {
		members = append(members, members[g.below(len(members))])
	}
	return head + `"requestContext":{` + strings.Join(g.shuffled(members), ",") + `}}`
}

type generator struct {
	choices []byte
	front   int
	used    int
	depth   int
}

func (g *generator) below(n int) int {
	if len(g.choices) == 0 {
		return 1 % n
	}
	// Choices are used over and over, mixed with how many were used, so that
	// short inputs make whole events too.
	c := int(g.choices[g.used%len(g.choices)]) + g.used/len(g.choices)*7
	g.used++
	return c % n
}

func (g *generator) pick(of ...string) string { return of[g.below(len(of))] }

// mostly is the first of these, or one of the others.
func (g *generator) mostly(of ...string) string {
	if g.below(8) != 0 {
		return of[0]
	}
	return g.pick(of...)
}

func (g *generator) shuffled(members []string) []string {
	for i := range members {
		j := i + g.below(len(members)-i)
		members[i], members[j] = members[j], members[i]
	}
	return members
}

// rarely replaces a value by any other, once in a while.
func (g *generator) rarely(value string) string {
	if g.below(100) == 0 {
		return g.value()
	}
	return value
}

// name spells a member's name, sometimes with escapes, sometimes in another case.
func (g *generator) name(name string) string {
	if name == "" {
		return `""`
	}
	switch i := g.below(120); {
	case i < 6:
		at := g.below(len(name))
		return fmt.Sprintf(`"%s\u%04x%s"`, name[:at], name[at], name[at+1:])
	case i == 6:
		return `"` + strings.ToUpper(name[:1]) + name[1:] + `"`
	case i == 7:
		return `"` + name + g.pick(" ", `\u0000`, "\u00e9", `\ud800`, "s") + `"`
	}
	return `"` + name + `"`
}

var dictionary = []string{
	"sub", "iss", "aud", "client_id", "azp", "username", "cognito:username", "token_use", "jti", "exp", "iat", "auth_time", "scp", "scope",
	"permissions", "cognito:groups", "typ", "at_hash", "email_verified", "level", "address", "x", "", "tenant", "roles", "userId", "principalId",
	"claims", "jwt", "scopes", "subjectDN", "clientCertPem", "userArn", "cognitoIdentity", "type", "principal", "accessKey", "user", "a/b", "integrationLatency",
}

func (g *generator) member() string {
	name := dictionary[g.below(len(dictionary))]
	return g.name(name) + ":" + g.valueOf(name)
}

// valueOf is mostly what a front writes for a claim.
func (g *generator) valueOf(name string) string {
	if g.below(60) == 0 {
		return g.value()
	}
	switch name {
	case "sub", "username", "userId", "principalId", "user", "client_id", "azp", "jti", "tenant", "accessKey":
		return g.mostly(`"f2a4"`, `"ada"`, `"ad\u0061"`, `"é"`, `""`, `"a b"`, `null`)
	case "iss":
		return g.mostly(`"`+pool+`"`, `"`+pool+`"`, `"https:\/\/cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbC"`, `"https://evil.example"`, `""`)
	case "aud":
		return g.pick(`"api"`, `"a"`, `"[api b]"`, `"[a]"`, `["api","b"]`, `"api,b"`, `["a"]`, `7`, `"other"`)
	case "exp", "iat", "auth_time":
		return g.mostly(g.date(), `"1718722804"`, `1718722804`, `"Tue Jun 18 15:00:04 UTC 2024"`, `"Sat Jun  8 15:00:04 UTC 2024"`, `1.5e9`, `"1718722804.5"`,
			`"01718722804"`, `"0"`, `0`, `"-1"`, `"253402300800"`, `"1718722804000"`, `""`, `"soon"`, `"17187228040000000000000"`)
	case "scp", "scope", "permissions", "roles", "cognito:groups":
		return g.mostly(`"a/x a/y"`, `"[a b]"`, `"a,b"`, `["a","b c"]`, `"a\tb"`, `"[a  b]"`, `"[]"`, `""`, `"a"`, `["a",1]`, `" a  b "`, `"a\"b"`, `[]`)
	case "token_use":
		return g.pick(`"access"`, `"id"`, `["access"]`, `""`)
	case "scopes":
		return g.pick(`null`, `null`, `["a"]`, `[{"a":1,"a":2}]`, `"a"`)
	}
	return g.value()
}

func (g *generator) date() string {
	if g.front == 0 {
		return g.pick(`1718722804`, `"Tue Jun 18 15:00:04 UTC 2024"`)
	}
	return `"1718722804"`
}

// value is any JSON value.
func (g *generator) value() string {
	g.depth++
	defer func() { g.depth-- }()
	n := 12
	if g.depth > 3 {
		n = 9
	}
	switch g.below(n) {
	case 0:
		return "null"
	case 1:
		return "true"
	case 2:
		return g.pick("0", "-1.5e3", "9007199254740993", "1e700")
	case 3:
		return `""`
	case 4:
		return `"text"`
	case 5:
		return `"\u0061\ud83d\ude00\n"`
	case 6:
		return g.pick(`"\ud800"`, "\"\xff\"", `"\ufffd"`)
	case 7:
		return "false"
	case 8:
		if g.below(8) == 0 {
			n := 62 + g.below(5)
			return strings.Repeat("[", n) + strings.Repeat("]", n)
		}
		return "[]"
	case 9:
		return "[" + g.value() + "," + g.value() + "]"
	case 10:
		return g.object(g.below(4))
	}
	return "{}"
}

func (g *generator) object(n int) string {
	var members []string
	for range n {
		members = append(members, g.member())
	}
	return "{" + strings.Join(members, ",") + "}"
}

// claims are a token's, nearly always with a subject, each name once unless
// chance has it otherwise.
func (g *generator) claims() string {
	used := map[string]bool{}
	var members []string
	add := func(name string) {
		if !used[name] || g.below(60) == 0 {
			used[name] = true
			members = append(members, g.name(name)+":"+g.valueOf(name))
		}
	}
	if g.below(20) != 0 {
		add("sub")
	}
	for _, name := range []string{"iss", "exp", "scope", "client_id", "username"} {
		if g.below(4) != 0 {
			add(name)
		}
	}
	for range g.below(8) {
		add(dictionary[g.below(len(dictionary))])
	}
	if g.below(20) == 0 { // more than fit into the statement, or into the filter
		for i := range 30 + g.below(60) {
			members = append(members, fmt.Sprintf(`"custom:%d":"%d"`, i, g.below(10)))
		}
		if g.below(3) == 0 {
			members = append(members, fmt.Sprintf(`"custom:%d":1`, g.below(100)))
		}
	}
	return "{" + strings.Join(g.shuffled(members), ",") + "}"
}

// flat is a context that lies beside the principalId.
func (g *generator) flat() []string {
	used := map[string]bool{}
	members := []string{g.name("principalId") + ":" + g.valueOf("principalId")}
	for range 1 + g.below(8) {
		name := dictionary[g.below(len(dictionary))]
		if !used[name] || g.below(60) == 0 {
			used[name] = true
			members = append(members, g.name(name)+":"+g.valueOf(name))
		}
	}
	return members
}

func (g *generator) authorizer(front int) string {
	var members []string
	switch kind := g.below(8); {
	case kind < 5 && (front == 2 || front == 3):
		block := g.pick("jwt", "jwt", "jwt", "lambda", "iam")
		switch block {
		case "jwt":
			inner := []string{g.name("claims") + ":" + g.rarely(g.claims()), `"scopes":` + g.valueOf("scopes")}
			members = append(members, g.name("jwt")+":"+g.rarely("{"+strings.Join(g.shuffled(inner), ",")+"}"))
		case "lambda":
			members = append(members, g.name("lambda")+":"+g.rarely(g.claims()))
		case "iam":
			members = append(members, g.name("iam")+":"+g.rarely(g.iam()))
		}
	case kind < 5 && front < 2:
		members = append(members, g.name("claims")+":"+g.rarely(g.claims()))
		if front == 1 || g.below(12) == 0 {
			members = append(members, g.name("scopes")+":"+g.valueOf("scopes"))
		}
	case kind < 7 && (front < 2 || front == 5):
		members = g.flat()
	case kind < 7 && front == 4:
		members = append(members, g.name("iam")+":"+g.rarely(g.iam()))
	default:
		members = append(members, g.name(g.pick("iam", "jwt", "lambda", "claims"))+":"+g.pick(g.iam(), g.claims()))
	}
	if g.below(20) == 0 {
		members = append(members, g.member())
	}
	if g.below(40) == 0 {
		members = append(members, g.name(g.pick("principalId", "jwt", "claims", "lambda", "iam", "scopes", "x"))+":"+g.value())
	}
	return "{" + strings.Join(g.shuffled(members), ",") + "}"
}

func (g *generator) iam() string {
	members := []string{
		g.name("userArn") + `:` + g.rarely(`"arn:aws:iam::1:user/ada"`), g.name("userId") + `:` + g.rarely(`"AIDA1"`), g.name("callerId") + `:` + g.rarely(`"AIDA1"`),
		g.name("accessKey") + `:` + g.rarely(`"AKIA"`), g.name("accountId") + `:` + g.rarely(`"1"`), g.name("principalOrgId") + `:` + g.rarely(`null`),
	}
	if g.below(3) == 0 {
		members = append(members, g.name("cognitoIdentity")+`:`+g.rarely(
			`{"identityId":"eu-west-1:u","identityPoolId":`+g.pick(`"eu-west-1:p"`, `""`, `null`)+`,"amr":`+g.pick(`["authenticated"]`, `["unauthenticated"]`, `["authenticated",1]`, `[]`)+`}`))
	}
	return "{" + strings.Join(g.shuffled(members), ",") + "}"
}

func (g *generator) identity(front int) string {
	members := []string{g.name("sourceIp") + `:"192.0.2.1"`, g.name("userAgent") + `:"x"`}
	if front == 6 {
		members = append(members, g.name("type")+`:`+g.rarely(`"AWS_IAM"`), g.name("principal")+`:`+g.rarely(`"arn:x"`), g.name("principalOrgID")+`:"o"`)
	}
	if g.below(8) == 0 {
		for _, name := range []string{"accessKey", "accountId", "caller", "user", "userArn", "principalOrgId"} {
			members = append(members, g.name(name)+":"+g.rarely(g.pick(`"A"`, `"A"`, `null`, `""`)))
		}
	}
	if g.below(16) == 0 {
		members = append(members, `"cognitoIdentityId":"u"`, `"cognitoIdentityPoolId":"p"`, `"cognitoAuthenticationType":`+g.pick(`"authenticated"`, `"unauthenticated"`))
	}
	if g.below(4) == 0 {
		members = append(members, g.name("clientCert")+":"+g.rarely(g.certificate()))
	}
	if g.below(4) == 0 {
		members = append(members, g.name("apiKeyId")+":"+g.rarely(`"k1"`))
	}
	if g.below(12) == 0 {
		members = append(members, g.member())
	}
	if g.below(30) == 0 {
		members = append(members, members[g.below(len(members))])
	}
	return "{" + strings.Join(g.shuffled(members), ",") + "}"
}

func (g *generator) certificate() string {
	if g.below(8) == 0 {
		return g.pick(`{}`, `{"subjectDN":"","validity":null}`, `null`)
	}
	return `{` + g.name("subjectDN") + `:` + g.rarely(`"CN=a"`) + `,` + g.name("issuerDN") + `:` + g.rarely(`"CN=ca"`) + `,"clientCertPem":` + g.rarely(`"PEM\n"`) +
		`,"serialNumber":"a1","validity":` + g.rarely(`{"notBefore":`+g.rarely(`"May 28 12:30:02 2019 GMT"`)+`,"notAfter":"Aug  5 09:36:04 2034 GMT"}`) + `}`
}
