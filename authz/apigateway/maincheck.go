package apigateway

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// runCheck checks a deployment and prints what it found.
func (c *command) runCheck() {
	if c.environment == nil {
		return // it was said why
	}
	var functions []string
	if c.function != "" {
		functions = []string{c.function}
	}
	report, err := Check(c.router, &c.opts, c.check, c.environment, functions...)
	if err != nil {
		c.fail(exitInput, err)
		return
	}
	if c.json {
		c.printJSON(report)
	} else {
		c.printReport(report)
	}
	if len(report.Findings) > 0 {
		c.failed[exitFindings] = true
	}
	if slices.ContainsFunc(report.Unchecked, func(name string) bool { return !slices.Contains(c.allowed, name) }) {
		c.failed[exitUnchecked] = true
	}
}

func (c *command) printReport(r *Report) {
	for _, f := range r.Findings {
		fmt.Fprintf(c.stdout, "finding: %s\n", f)
	}
	for _, name := range r.Unchecked {
		waived := ""
		if slices.Contains(c.allowed, name) {
			waived = " (allowed)"
		}
		fmt.Fprintf(c.stdout, "unchecked%s: %s\n", waived, name)
	}
	for _, route := range r.Foreign {
		fmt.Fprintf(c.stdout, "foreign: %s\n", route)
	}
	for _, note := range r.Notes {
		fmt.Fprintf(c.stdout, "note: %s\n", note)
	}
	if len(r.Findings)+len(r.Unchecked) == 0 {
		fmt.Fprintln(c.stdout, "what is deployed matches the policy")
	}
}

func (c *command) printJSON(r *Report) {
	for _, list := range []*[]string{&r.Unchecked, &r.Foreign, &r.Notes} {
		if *list == nil {
			*list = []string{} // [], not null
		}
	}
	if r.Findings == nil {
		r.Findings = []Finding{}
	}
	e := json.NewEncoder(c.stdout)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(r); err != nil {
		c.fail(exitInput, fmt.Errorf("apigateway: %w", err))
	}
}

// runCommands prints the script that collects the input of -check.
func (c *command) runCommands() {
	m := functionARN.FindStringSubmatch(c.function)
	partition, region, account, function := m[1], m[2], m[3], m[4]
	s := script{api: c.commands, function: function, qualifier: m[5], region: region, arn: "arn:" + partition + ":lambda:" + region + ":" + account + ":function:" + function, partition: partition}
	if c.opts.Kind == RESTAPI {
		fmt.Fprint(c.stdout, s.rest())
		return
	}
	fmt.Fprint(c.stdout, s.http())
}

// script collects what -check reads into the folder that is its argument.
type script struct {
	api, function, qualifier, region, arn, partition string
}

const scriptStart = `#!/bin/sh
# Collects the input of -check into a folder. It only reads.
# usage: sh collect.sh FOLDER
#
# The policy that it needs:
%s
set -eu
dir=$1
mkdir -p "$dir"
export AWS_PAGER= AWS_REGION=%s

# print COMMAND... > FILE, whole or not at all; what does not exist is recorded.
collect() {
  file=$dir/$1 of=$2; shift 2
  if "$@" --output json >"$file.part" 2>"$file.error"; then
    mv "$file.part" "$file"
  elif grep -q ResourceNotFoundException "$file.error"; then
    printf '{"Absent":"ResourceNotFoundException","Of":"%%s"}\n' "$of" >"$file"
  else
    cat "$file.error" >&2
    rm -f "$file.part" "$file.error"
    exit 1
  fi
  rm -f "$file.part" "$file.error"
}

`

func (s script) start(actions string, resources ...string) string {
	return fmt.Sprintf(scriptStart, s.iam(actions, resources), s.region)
}

// iam is the read-only policy, as comment lines.
func (s script) iam(action string, resources []string) string {
	type statement struct {
		Effect   string
		Action   []string
		Resource []string
	}
	doc := struct {
		Version   string
		Statement []statement
	}{"2012-10-17", []statement{
		{"Allow", []string{action}, resources},
		{"Allow", []string{"lambda:GetPolicy", "lambda:ListFunctionUrlConfigs"}, []string{s.arn, s.arn + ":*"}},
	}}
	data, err := json.MarshalIndent(doc, "# ", "  ")
	if err != nil {
		panic(err) // only texts
	}
	return "# " + string(data)
}

// lambda are the commands about the function. What may call an alias is in the
// alias's own policy; what may call the function past it is worth a look too.
func (s script) lambda() string {
	commands := "collect list-function-url-configs.json 'ARN' aws lambda list-function-url-configs --function-name FUNCTION\n" +
		"collect get-policy.json 'ARN' aws lambda get-policy --function-name FUNCTION\n"
	if s.qualifier != "" {
		commands += "collect get-policy-ALIAS.json 'ARN:ALIAS' aws lambda get-policy --function-name FUNCTION --qualifier ALIAS\n"
	}
	return strings.NewReplacer("FUNCTION", s.function, "ARN", s.arn, "ALIAS", s.qualifier).Replace(commands)
}

func (s script) http() string {
	base := "arn:" + s.partition + ":apigateway:" + s.region + "::/apis/" + s.api
	return s.start("apigateway:GET", base, base+"/*", "arn:"+s.partition+":apigateway:"+s.region+"::/domainnames/*") +
		strings.ReplaceAll(`for c in get-api get-routes get-integrations get-authorizers get-stages; do
  collect "$c.json" API aws apigatewayv2 "$c" --api-id API
done
for stage in $(aws apigatewayv2 get-stages --api-id API --query 'Items[?!AutoDeploy].StageName' --output text); do
  aws apigatewayv2 export-api --api-id API --stage-name "$stage" --output-type JSON --specification OAS30 "$dir/export-api-$stage.json" >/dev/null
done
# With a custom domain:
# collect get-api-mappings.json DOMAIN aws apigatewayv2 get-api-mappings --domain-name DOMAIN
`, "API", s.api) + s.lambda()
}

func (s script) rest() string {
	base := "arn:" + s.partition + ":apigateway:" + s.region + "::/restapis/" + s.api
	return s.start("apigateway:GET", base, base+"/*", "arn:"+s.partition+":apigateway:"+s.region+"::/domainnames/*") +
		strings.ReplaceAll(`for c in get-rest-api get-authorizers get-stages; do
  collect "$c.json" API aws apigateway "$c" --rest-api-id API
done
for stage in $(aws apigateway get-stages --rest-api-id API --query 'item[].stageName' --output text); do
  aws apigateway get-export --rest-api-id API --stage-name "$stage" --export-type oas30 --parameters extensions=apigateway --accepts application/json "$dir/get-export-$stage.json" >/dev/null
done
# With a custom domain:
# collect get-base-path-mappings.json DOMAIN aws apigateway get-base-path-mappings --domain-name DOMAIN
`, "API", s.api) + s.lambda()
}
