// The reference behind Apollo Server.
import { ApolloServer } from "@apollo/server";
import { startStandaloneServer } from "@apollo/server/standalone";
import { port, schema } from "./schema.js";

const server = new ApolloServer({ schema });
await startStandaloneServer(server, { listen: { host: "127.0.0.1", port } });
