// The part of the graph that the bench's queries need, in the reference's own words.
// Organisation is a plain type here, not an interface: the reference is quicker that way.
import { Neo4jGraphQL } from "@neo4j/graphql";
import neo4j from "neo4j-driver";

const typeDefs = /* GraphQL */ `
  type Topsector @node(labels: ["Topsector"]) {
    id: ID!
    name: String!
    communities: [LearningCommunity!]!
      @relationship(type: "SERVES_SECTOR", direction: IN, properties: "Link")
    organisations: [Organisation!]!
      @relationship(type: "SERVES_SECTOR", direction: IN, properties: "Link")
  }

  type LearningCommunity @node(labels: ["LearningCommunity"]) {
    id: ID!
    name: String!
    form: String!
    city: String
    startYear: Int
    endYear: Int
    participants: [Organisation!]!
      @relationship(type: "PARTICIPATES_IN", direction: IN, properties: "Link")
    topsectors: [Topsector!]!
      @relationship(type: "SERVES_SECTOR", direction: OUT, properties: "Link")
  }

  type Organisation @node(labels: ["Organisation"]) {
    id: ID!
    name: String!
    communities: [LearningCommunity!]!
      @relationship(type: "PARTICIPATES_IN", direction: OUT, properties: "Link")
    topsectors: [Topsector!]!
      @relationship(type: "SERVES_SECTOR", direction: OUT, properties: "Link")
  }

  type Link @relationshipProperties {
    role: String
    since: Int
    until: Int
    confidence: String!
  }
`;

const { NEO4J_URI, NEO4J_USERNAME, NEO4J_PASSWORD } = process.env;

export const driver = neo4j.driver(NEO4J_URI, neo4j.auth.basic(NEO4J_USERNAME, NEO4J_PASSWORD));
export const schema = await new Neo4jGraphQL({ typeDefs, driver }).getSchema();
export const port = Number(process.env.PORT);

process.on("SIGTERM", () => process.exit(0));
