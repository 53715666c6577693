import protobuf from 'protobufjs/light';

// The part of the ONNX schema (onnx.proto3) that the graphs use: message fields by their published numbers.
const schema = protobuf.Root.fromJSON({
  nested: {
    AttributeProto: {
      fields: {
        name: { type: 'string', id: 1 },
        f: { type: 'float', id: 2 },
        i: { type: 'int64', id: 3 },
        s: { type: 'bytes', id: 4 },
        ints: { rule: 'repeated', type: 'int64', id: 8 },
        type: { type: 'int32', id: 20 },
      },
    },
    NodeProto: {
      fields: {
        input: { rule: 'repeated', type: 'string', id: 1 },
        output: { rule: 'repeated', type: 'string', id: 2 },
        name: { type: 'string', id: 3 },
        opType: { type: 'string', id: 4 },
        attribute: { rule: 'repeated', type: 'AttributeProto', id: 5 },
        domain: { type: 'string', id: 7 },
      },
    },
    StringStringEntryProto: {
      fields: { key: { type: 'string', id: 1 }, value: { type: 'string', id: 2 } },
    },
    TensorProto: {
      fields: {
        dims: { rule: 'repeated', type: 'int64', id: 1 },
        dataType: { type: 'int32', id: 2 },
        name: { type: 'string', id: 8 },
        rawData: { type: 'bytes', id: 9 },
        externalData: { rule: 'repeated', type: 'StringStringEntryProto', id: 13 },
        dataLocation: { type: 'int32', id: 14 },
      },
    },
    Dimension: {
      oneofs: { value: { oneof: ['dimValue', 'dimParam'] } },
      fields: { dimValue: { type: 'int64', id: 1 }, dimParam: { type: 'string', id: 2 } },
    },
    TensorShapeProto: { fields: { dim: { rule: 'repeated', type: 'Dimension', id: 1 } } },
    TensorTypeProto: {
      fields: { elemType: { type: 'int32', id: 1 }, shape: { type: 'TensorShapeProto', id: 2 } },
    },
    TypeProto: { fields: { tensorType: { type: 'TensorTypeProto', id: 1 } } },
    ValueInfoProto: { fields: { name: { type: 'string', id: 1 }, type: { type: 'TypeProto', id: 2 } } },
    GraphProto: {
      fields: {
        node: { rule: 'repeated', type: 'NodeProto', id: 1 },
        name: { type: 'string', id: 2 },
        initializer: { rule: 'repeated', type: 'TensorProto', id: 5 },
        input: { rule: 'repeated', type: 'ValueInfoProto', id: 11 },
        output: { rule: 'repeated', type: 'ValueInfoProto', id: 12 },
      },
    },
    OperatorSetIdProto: { fields: { domain: { type: 'string', id: 1 }, version: { type: 'int64', id: 2 } } },
    ModelProto: {
      fields: {
        irVersion: { type: 'int64', id: 1 },
        producerName: { type: 'string', id: 2 },
        graph: { type: 'GraphProto', id: 7 },
        opsetImport: { rule: 'repeated', type: 'OperatorSetIdProto', id: 8 },
      },
    },
  },
});
const ModelProto = schema.lookupType('ModelProto');

const ELEMENT = { float32: 1, int32: 6, int64: 7 } as const;
const ATTRIBUTE = { float: 1, int: 2, string: 3, ints: 7 } as const;

type Element = keyof typeof ELEMENT;
type Attribute = number | string | number[] | { float: number };

/** Where an initializer's bytes lie: `location` relative to the folder given to the session. */
export interface ExternalData {
  location: string;
  offset: number;
  bytes: number;
}

/** Collects nodes, inputs, outputs and weights of one ONNX graph, in order, and encodes it. */
export class GraphBuilder {
  private readonly nodes: object[] = [];
  private readonly inputs: object[] = [];
  private readonly outputs: object[] = [];
  private readonly initializers = new Map<string, object>();
  private counter = 0;

  /** Adds an input; a string dimension is symbolic. Returns its name. */
  input(name: string, element: Element, dims: (number | string)[]): string {
    this.inputs.push(valueInfo(name, element, dims));
    return name;
  }

  /** Declares a value as an output of the graph. */
  output(name: string, element: Element, dims: (number | string)[]): void {
    this.outputs.push(valueInfo(name, element, dims));
  }

  /** A float32 weight that stays in its file. Returns its name. */
  external(name: string, dims: number[], data: ExternalData): string {
    if (!this.initializers.has(name)) {
      this.initializers.set(name, {
        name,
        dims,
        dataType: ELEMENT.float32,
        dataLocation: 1,
        externalData: [
          { key: 'location', value: data.location },
          { key: 'offset', value: String(data.offset) },
          { key: 'length', value: String(data.bytes) },
        ],
      });
    }
    return name;
  }

  /** A small constant int64 vector, shared by equal values. Returns its name. */
  constant(values: number[]): string {
    const name = `const_${values.join('_').replaceAll('-', 'm')}`;
    if (!this.initializers.has(name)) {
      const raw = new BigInt64Array(values.map(BigInt));
      this.initializers.set(name, {
        name,
        dims: [values.length],
        dataType: ELEMENT.int64,
        rawData: new Uint8Array(raw.buffer),
      });
    }
    return name;
  }

  /** Adds a node of ONNX's own operators with one output. Returns the output's name. */
  op(type: string, inputs: string[], attributes: Record<string, Attribute> = {}, output?: string): string {
    return this.node('', type, inputs, [output ?? this.fresh(type)], attributes)[0];
  }

  /** Adds a node of the com.microsoft operators; outputs named '' are left out. Returns the outputs' names. */
  microsoft(
    type: string,
    inputs: string[],
    outputs: string[],
    attributes: Record<string, Attribute> = {},
  ): string[] {
    return this.node('com.microsoft', type, inputs, outputs, attributes);
  }

  /** A name not used before. */
  fresh(stem: string): string {
    return `${stem}_${this.counter++}`;
  }

  /** The encoded ModelProto. */
  encode(): Uint8Array {
    const model = ModelProto.fromObject({
      irVersion: 10,
      producerName: 'doubletake',
      opsetImport: [
        { domain: '', version: 21 },
        { domain: 'com.microsoft', version: 1 },
      ],
      graph: {
        name: 'decoder',
        node: this.nodes,
        input: this.inputs,
        output: this.outputs,
        initializer: [...this.initializers.values()],
      },
    });
    return ModelProto.encode(model).finish();
  }

  private node(
    domain: string,
    opType: string,
    input: string[],
    output: string[],
    attributes: Record<string, Attribute>,
  ): string[] {
    const attribute = Object.entries(attributes).map(([name, value]) => encodeAttribute(name, value));
    this.nodes.push({ domain, opType, input, output, attribute, name: `${opType}_${this.nodes.length}` });
    return output;
  }
}

function encodeAttribute(name: string, value: Attribute): object {
  if (typeof value === 'number') return { name, i: value, type: ATTRIBUTE.int };
  if (typeof value === 'string') return { name, s: new TextEncoder().encode(value), type: ATTRIBUTE.string };
  if (Array.isArray(value)) return { name, ints: value, type: ATTRIBUTE.ints };
  return { name, f: value.float, type: ATTRIBUTE.float };
}

function valueInfo(name: string, element: Element, dims: (number | string)[]): object {
  const dim = dims.map(value => (typeof value === 'number' ? { dimValue: value } : { dimParam: value }));
  return { name, type: { tensorType: { elemType: ELEMENT[element], shape: { dim } } } };
}
