package roundtrip

import "strings"

// queryRows are the ways of writing a query at which fronts and adapters differ.
var queryRows = []row{
	{name: "two keys in order", path: "/hello?a=1&b=2"},
	{name: "two keys out of order", path: "/hello?b=2&a=1", losses: []loss{requeried(queryMaps, "a=1&b=2")}},
	{name: "repeated key", path: "/hello?a=1&a=2&a=1", losses: []loss{requeried(queryTexts, "a=1%2C2%2C1"), onlyLast("a=1")}},
	{name: "repeated key interleaved", path: "/hello?a=1&b=2&a=3", losses: []loss{
		requeried(queryLists|albLists, "a=1&a=3&b=2"), requeried(queryTexts, "a=1%2C3&b=2"), onlyLast("a=3&b=2"),
	}},
	{name: "repeated key with commas", path: "/hello?a=1,2&a=3", losses: []loss{
		requeried(queryLists, "a=1%2C2&a=3"), requeried(queryTexts, "a=1%2C2%2C3"), onlyLast("a=3"),
	}},
	{name: "keys that differ in case", path: "/hello?A=1&a=2"},
	{name: "brackets in a key", path: "/hello?a[]=1&a[]=2", losses: []loss{
		requeried(queryLists, "a%5B%5D=1&a%5B%5D=2"), requeried(queryTexts, "a%5B%5D=1%2C2"), onlyLast("a[]=2"),
	}},
	{name: "brackets in a key encoded", path: "/hello?a%5B%5D=1"},
	{name: "empty value", path: "/hello?a="},
	{name: "key without an equals sign", path: "/hello?a", losses: []loss{requeried(queryMaps, "a=")}},
	{name: "keys with and without an equals sign", path: "/hello?a&b=&c=1", losses: []loss{requeried(queryMaps, "a=&b=&c=1")}},
	{name: "empty key", path: "/hello?=1"},
	{name: "empty query", path: "/hello?", losses: []loss{{on: every, fields: facts{"RequestURI": "/hello"}, why: noQuery}}},
	{name: "empty pairs", path: "/hello?&a=1&&b=2&", losses: []loss{requeried(queryMaps, "a=1&b=2")}},
	{name: "plus as blank", path: "/hello?q=a+b"},
	{name: "encoded blank in a value", path: "/hello?q=a%20b", losses: []loss{requeried(queryLists|queryTexts, "q=a+b")}},
	{name: "encoded plus in a value", path: "/hello?q=a%2Bb"},
	{name: "encoded percent in a value", path: "/hello?q=100%25"},
	{name: "value encoded twice", path: "/hello?q=a%252Fb"},
	{name: "encoded delimiters in a value", path: "/hello?q=a%26b%3Dc%23d"},
	{name: "encoded delimiters in a key", path: "/hello?a%26b%3D=c"},
	{name: "equals signs in a value", path: "/hello?q=a==b=", losses: []loss{requeried(queryLists|queryTexts, "q=a%3D%3Db%3D")}},
	{name: "URL in a value", path: "/hello?to=https://example.com/a?b=c", losses: []loss{requeried(queryLists|queryTexts, "to=https%3A%2F%2Fexample.com%2Fa%3Fb%3Dc")}},
	{name: "URL in a value encoded", path: "/hello?to=https%3A%2F%2Fexample.com%2Fa%3Fb%3Dc"},
	{name: "needless escape in a value", path: "/hello?q=%61", losses: []loss{requeried(queryLists|queryTexts, "q=a")}},
	{name: "semicolon", path: "/hello?a=1;b=2", losses: []loss{
		{on: rests, fields: facts{"URL.RawQuery": "a=1&b=2"}, why: semicolonSplits},
		requeried(v1|queryTexts, "a=1%3Bb%3D2"),
	}},
	{name: "encoded semicolon in a value", path: "/hello?a=1%3Bb=2", losses: []loss{requeried(queryLists|queryTexts, "a=1%3Bb%3D2")}},
	{name: "quotes and backslashes not encoded", path: `/hello?q="a\b"`, losses: []loss{requeried(queryLists|queryTexts, "q=%22a%5Cb%22")}},
	{name: "unicode value", path: "/hello?q=%E2%9C%93"},
	{name: "unicode value not encoded", path: "/hello?q=✓", losses: []loss{requeried(queryLists|queryTexts, "q=%E2%9C%93")}},
	{name: "invalid UTF-8 in a value", path: "/hello?q=%FF", losses: []loss{
		{on: queryLists | queryTexts, fields: facts{"URL.RawQuery": "q=%EF%BF%BD"}, why: utf8Only},
	}},
	{name: "invalid escape in a value", path: "/hello?q=%zz&a=1", losses: []loss{
		requeried(queryMaps, "a=1&q=%25zz"),
	}},
	{name: "encoded NUL and line end in a value", path: "/hello?q=%00%0D%0A"},
	{name: "long value", path: "/hello?q=" + strings.Repeat("0123456789", 300)},
	{name: "query on a parameter route", path: "/users/42?fields=name&fields=email", losses: []loss{
		requeried(queryTexts, "fields=name%2Cemail"), onlyLast("fields=email"),
	}},
	{name: "query on the root", path: "/?a=1"},
}
