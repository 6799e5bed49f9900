// An OpenID provider where every name logs in; the name tells the address, and
// whether it is verified: `ann@one.example` is, `unverified:ann@one.example` is not.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [packages, port, redirects] = process.argv.slice(2);
const found = createRequire(`${packages}/`).resolve("oidc-provider");
const { default: Provider } = await import(pathToFileURL(found));

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [
    {
      client_id: "registry",
      client_secret: "a secret of the tests",
      redirect_uris: redirects.split(" "),
    },
  ],
  claims: { openid: ["sub"], email: ["email", "email_verified"] },
  cookies: { keys: ["a key of the tests"] },
  pkce: { required: () => true },
  async findAccount(_, id) {
    return {
      accountId: id,
      claims: () => ({
        sub: id,
        email: id.replace("unverified:", ""),
        email_verified: !id.startsWith("unverified:"),
      }),
    };
  },
});
provider.listen(Number(port), "127.0.0.1", () => console.log("ready"));
