// Reads texts, a JSON list, and prints how VS Code's engine cuts each: a list of [bit, innermost scope].
// node vscode.cjs NODE_MODULES GRAMMAR SCOPE
const fs = require("fs");
const path = require("path");

const [modules, file, scope] = process.argv.slice(2);
const onig = require(path.join(modules, "vscode-oniguruma"));
const textmate = require(path.join(modules, "vscode-textmate"));

async function main() {
  await onig.loadWASM(fs.readFileSync(path.join(modules, "vscode-oniguruma/release/onig.wasm")).buffer);
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (patterns) => new onig.OnigScanner(patterns),
      createOnigString: (text) => new onig.OnigString(text),
    }),
    loadGrammar: async (name) => (name === scope ? textmate.parseRawGrammar(fs.readFileSync(file, "utf8"), file) : null),
  });
  const grammar = await registry.loadGrammar(scope);
  const texts = JSON.parse(fs.readFileSync(0, "utf8"));
  const cut = texts.map((text) => {
    let state = textmate.INITIAL;
    return text.split("\n").flatMap((line) => {
      const told = grammar.tokenizeLine(line, state);
      state = told.ruleStack;
      return [...told.tokens.map((each) => [line.slice(each.startIndex, each.endIndex), each.scopes.at(-1)]), ["\n", scope]];
    });
  });
  process.stdout.write(JSON.stringify(cut));
}

main();
