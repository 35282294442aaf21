// The reference behind graphql-yoga.
import { createServer } from "node:http";
import { createYoga } from "graphql-yoga";
import { port, schema } from "./schema.js";

const yoga = createYoga({ schema, graphiql: false, logging: false });
createServer(yoga).listen(port, "127.0.0.1");
