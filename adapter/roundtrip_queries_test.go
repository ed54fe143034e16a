package adapter_test

import "strings"

// queryRows are the ways of writing a query at which fronts and adapters differ.
var queryRows = []row{
	{name: "two keys in order", path: "/hello?a=1&b=2"},
	{name: "two keys out of order", path: "/hello?b=2&a=1", losses: []loss{requeried("a=1&b=2")}},
	{name: "repeated key", path: "/hello?a=1&a=2&a=1"},
	{name: "repeated key interleaved", path: "/hello?a=1&b=2&a=3", losses: []loss{requeried("a=1&a=3&b=2")}},
	{name: "repeated key with commas", path: "/hello?a=1,2&a=3", losses: []loss{requeried("a=1%2C2&a=3")}},
	{name: "keys that differ in case", path: "/hello?A=1&a=2"},
	{name: "brackets in a key", path: "/hello?a[]=1&a[]=2", losses: []loss{requeried("a%5B%5D=1&a%5B%5D=2")}},
	{name: "brackets in a key encoded", path: "/hello?a%5B%5D=1"},
	{name: "empty value", path: "/hello?a="},
	{name: "key without an equals sign", path: "/hello?a", losses: []loss{requeried("a=")}},
	{name: "keys with and without an equals sign", path: "/hello?a&b=&c=1", losses: []loss{requeried("a=&b=&c=1")}},
	{name: "empty key", path: "/hello?=1"},
	{name: "empty query", path: "/hello?", losses: []loss{{on: every, fields: facts{"RequestURI": "/hello"}, why: noQuery}}},
	{name: "empty pairs", path: "/hello?&a=1&&b=2&", losses: []loss{requeried("a=1&b=2")}},
	{name: "plus as blank", path: "/hello?q=a+b"},
	{name: "encoded blank in a value", path: "/hello?q=a%20b", losses: []loss{requeried("q=a+b")}},
	{name: "encoded plus in a value", path: "/hello?q=a%2Bb"},
	{name: "encoded percent in a value", path: "/hello?q=100%25"},
	{name: "value encoded twice", path: "/hello?q=a%252Fb"},
	{name: "encoded delimiters in a value", path: "/hello?q=a%26b%3Dc%23d"},
	{name: "encoded delimiters in a key", path: "/hello?a%26b%3D=c"},
	{name: "equals signs in a value", path: "/hello?q=a==b=", losses: []loss{requeried("q=a%3D%3Db%3D")}},
	{name: "URL in a value", path: "/hello?to=https://example.com/a?b=c", losses: []loss{requeried("to=https%3A%2F%2Fexample.com%2Fa%3Fb%3Dc")}},
	{name: "URL in a value encoded", path: "/hello?to=https%3A%2F%2Fexample.com%2Fa%3Fb%3Dc"},
	{name: "needless escape in a value", path: "/hello?q=%61", losses: []loss{requeried("q=a")}},
	{name: "semicolon", path: "/hello?a=1;b=2", losses: []loss{
		{on: rest, fields: facts{"URL.RawQuery": "a=1&b=2", "Query[a]": `["1"]`, "Query[b]": `["2"]`}, why: semicolonSplits},
		{on: v1, fields: facts{"URL.RawQuery": "a=1%3Bb%3D2", "Query[a]": `["1;b=2"]`}, why: queryMaps},
	}},
	{name: "encoded semicolon in a value", path: "/hello?a=1%3Bb=2", losses: []loss{requeried("a=1%3Bb%3D2")}},
	{name: "unicode value", path: "/hello?q=%E2%9C%93"},
	{name: "unicode value not encoded", path: "/hello?q=✓", losses: []loss{requeried("q=%E2%9C%93")}},
	{name: "invalid UTF-8 in a value", path: "/hello?q=%FF", losses: []loss{
		{on: maps1, fields: facts{"URL.RawQuery": "q=%EF%BF%BD", "Query[q]": list("\uFFFD")}, why: utf8Only},
	}},
	{name: "invalid escape in a value", path: "/hello?q=%zz&a=1", losses: []loss{
		{on: maps1, fields: facts{"URL.RawQuery": "a=1&q=%25zz", "Query[q]": `["%zz"]`}, why: queryMaps},
	}},
	{name: "encoded NUL and line end in a value", path: "/hello?q=%00%0D%0A"},
	{name: "long value", path: "/hello?q=" + strings.Repeat("0123456789", 300)},
	{name: "query on a parameter route", path: "/users/42?fields=name&fields=email"},
	{name: "query on the root", path: "/?a=1"},
}
