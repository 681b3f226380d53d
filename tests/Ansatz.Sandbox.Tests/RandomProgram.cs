using System.Globalization;
using System.Text;

namespace Ansatz.Sandbox.Tests;

/// <summary>
/// Writes random programs of the subset that compile: every type, operator and statement, with traps of every kind now and then. The left side of an operator is
/// never a constant, or Roslyn would fold, and refuse what overflows.
/// </summary>
/// <param name="rng">Decides everything.</param>
/// <param name="portableOnly">Leaves out the functions of Math whose last bits a processor decides, so that the same text can run as plain C#.</param>
internal sealed class RandomProgram(Rng rng, bool portableOnly)
{
    /// <summary>What every program is.</summary>
    public static HoleSignature Signature { get; } = new("F", HoleType.Double,
        [HoleType.Double, HoleType.Int, HoleType.Long, HoleType.UInt, HoleType.ULong, HoleType.Bool, HoleType.Double.ToArray(), HoleType.Int.ToArray(), HoleType.Int.ToArray().ToArray()]);

    private static readonly string[] Numbers = ["int", "long", "uint", "ulong", "double"];
    private static readonly string[] Arrays = ["double[]", "int[]", "bool[]", "long[]", "uint[]", "int[][]"];

    private readonly StringBuilder _text = new();
    private readonly List<(string Name, string Type, bool IsFixed)> _scope = [];
    private readonly List<(string Name, string Result, string[] Parameters)> _functions = [];
    private int _names;
    private int _loops;

    /// <summary>Random arguments for <see cref="Signature"/>.</summary>
    public static object[] Arguments(Rng rng) =>
    [
        RandomDouble(rng), RandomInt(rng), (long)rng.NextBits(), (uint)RandomInt(rng), rng.NextBits(), rng.Next(2) == 0,
        Enumerable.Range(0, Count(rng)).Select(_ => RandomDouble(rng)).ToArray(),
        Enumerable.Range(0, Count(rng)).Select(_ => RandomInt(rng)).ToArray(),
        Enumerable.Range(0, Count(rng)).Select(_ => Enumerable.Range(0, Count(rng)).Select(_ => RandomInt(rng)).ToArray()).ToArray(),
    ];

    private static int Count(Rng rng) => rng.Next(10) == 0 ? rng.Next(2) : 2 + rng.Next(4);

    public string Write()
    {
        int helpers = rng.Next(3);
        for (int i = 0; i < helpers; i++)
        {
            string[] parameters = [.. Enumerable.Range(0, rng.Next(4)).Select(_ => rng.Next(4) == 0 ? rng.Pick(Arrays) : RandomType())];
            _functions.Add(($"H{i}", rng.Next(6) == 0 ? "void" : RandomType(), parameters));
        }

        foreach ((string name, string result, string[] parameters) in _functions)
        {
            Function(name, result, parameters);
        }

        Function("F", "double", [.. Signature.Parameters.Select(p => p.Name)]);
        return _text.ToString();
    }

    private static int RandomInt(Rng rng) => rng.Next(4) == 0 ? rng.Pick<int>([int.MinValue, int.MaxValue, -1, 0, 1]) : rng.Next(2) == 0 ? rng.Next(10) : (int)rng.NextBits();

    private static double RandomDouble(Rng rng) => rng.Next(5) switch
    {
        0 => rng.Pick<double>([0, -0.0, 1, -1, double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.MaxValue, double.Epsilon, 2147483648, -9.3e18, 1.9e19]),
        1 => BitConverter.UInt64BitsToDouble(rng.NextBits()),
        2 => rng.Next(20),
        _ => rng.NextGaussian() * 10,
    };

    private string RandomType() => rng.Next(6) == 0 ? "bool" : rng.Pick(Numbers);

    private string NewName() => $"v{_names++}";

    private void Function(string name, string result, string[] parameters)
    {
        _scope.Clear();
        _loops = 0;
        foreach (string parameter in parameters)
        {
            _scope.Add((NewName(), parameter, false));
        }

        _text.Append(CultureInfo.InvariantCulture, $"static {result} {name}({string.Join(", ", _scope.Select(v => $"{v.Type} {v.Name}"))})\n{{\n");
        foreach (string type in (string[])["bool", .. Numbers])
        {
            string local = NewName();
            _text.Append(CultureInfo.InvariantCulture, $"{type} {local} = {Literal(type)};\n");
            _scope.Add((local, type, false)); // there is always a variable of every type
        }

        Statements(2 + rng.Next(3), 2);
        _text.Append(result == "void" ? "}\n" : $"return {Expression(result, 3)};\n}}\n");
    }

    private void Statements(int count, int depth)
    {
        int before = _scope.Count;
        for (int i = 0; i < count; i++)
        {
            Statement(depth);
        }

        _scope.RemoveRange(before, _scope.Count - before);
    }

    private void Block(int depth)
    {
        _text.Append("{\n");
        Statements(1 + rng.Next(3), depth - 1);
        _text.Append("}\n");
    }

    private void Statement(int depth)
    {
        switch (rng.Next(depth <= 0 ? 6 : 14))
        {
            case 0:
                {
                    string type = RandomType();
                    string value = Expression(type, 3);
                    _scope.Add((NewName(), type, false));
                    _text.Append(CultureInfo.InvariantCulture, $"{(rng.Next(3) == 0 ? "var" : type)} {_scope[^1].Name} = ({type})({value});\n");
                    break;
                }

            case 1:
                {
                    string type = rng.Pick(Arrays);
                    string value = Array(type, 2);
                    _scope.Add((NewName(), type, false));
                    string name = _scope[^1].Name;
                    _text.Append(CultureInfo.InvariantCulture, $"{type} {name} = {(type == "int[][]" ? "new int[3][]" : value)};\n");
                    if (type == "int[][]")
                    {
                        // One of three is set, and one of two is read: now and then it is null.
                        _text.Append(CultureInfo.InvariantCulture, $"{name}[{Expression("int", 1)} & 1] = {Array("int[]", 1)};\n{Variable("int", isTarget: true)} ^= {name}[{Expression("int", 1)} & 1][0];\n");
                    }

                    break;
                }

            case 2 or 3:
                _text.Append(Assignment(RandomType(), 3)).Append(";\n");
                break;
            case 4 when Variables("int[]").ToArray() is [string a, ..]:
                _text.Append(CultureInfo.InvariantCulture, $"({a}[{Index(a)}], {a}[{Index(a)}]) = ({Expression("int", 1)}, {a}[{Index(a)}]);\n");
                break;
            case 5 when _functions.Count > 0 && rng.Next(3) == 0:
                _text.Append(Call(rng.Pick(_functions))).Append(";\n");
                break;
            case 6 or 7:
                _text.Append(CultureInfo.InvariantCulture, $"if ({Expression("bool", 3)})\n");
                Block(depth);
                if (rng.Next(2) == 0)
                {
                    _text.Append("else\n");
                    Block(depth);
                }

                break;
            case 8:
                {
                    string i = NewName();
                    _text.Append(CultureInfo.InvariantCulture, $"for (int {i} = 0; {i} < {1 + rng.Next(6)}; {i}++)\n");
                    InLoop(depth, (i, "int", true));
                    break;
                }

            case 9 when Variables("int[]").Concat(Variables("double[]")).ToArray() is { Length: > 0 } arrays:
                {
                    string item = NewName();
                    _text.Append(CultureInfo.InvariantCulture, $"foreach (double {item} in {rng.Pick(arrays)})\n");
                    InLoop(depth, (item, "double", true));
                    break;
                }

            case 10:
                {
                    string i = NewName();
                    _text.Append(CultureInfo.InvariantCulture, $"int {i} = {rng.Next(8)};\nwhile ({i}-- > 0 && {Expression("bool", 2)})\n");
                    InLoop(depth);
                    break;
                }

            case 11:
                _text.Append("do\n");
                InLoop(depth);
                _text.Append(CultureInfo.InvariantCulture, $"while ({Expression("bool", 2)});\n");
                break;
            case 12:
                _text.Append(CultureInfo.InvariantCulture, $"switch ({Expression("int", 2)})\n{{\ncase 0:\ncase < -3 and > -9:\n");
                Block(depth);
                _text.Append("break;\ncase 3 when ").Append(Expression("bool", 1)).Append(":\n");
                Block(depth);
                _text.Append("break;\ndefault:\n");
                Block(depth);
                _text.Append("break;\n}\n");
                break;
            case 13 when _loops > 0 && rng.Next(2) == 0:
                _text.Append(CultureInfo.InvariantCulture, $"if ({Expression("bool", 2)}) {rng.Pick<string>(["break", "continue"])};\n");
                break;
            default:
                _text.Append(Assignment(RandomType(), 2)).Append(";\n");
                break;
        }
    }

    private void InLoop(int depth, params (string, string, bool)[] variables)
    {
        _loops++;
        _scope.AddRange(variables);
        Block(depth);
        _scope.RemoveRange(_scope.Count - variables.Length, variables.Length);
        _loops--;
    }

    private IEnumerable<string> Variables(string type, bool isTarget = false) => _scope.Where(v => v.Type == type && !(isTarget && v.IsFixed)).Select(v => v.Name);

    private string Variable(string type, bool isTarget = false) => rng.Pick(Variables(type, isTarget).ToArray());

    // An expression that changes something; as a value it needs its parentheses.
    private string Assignment(string type, int depth)
    {
        string target = Variable(type, isTarget: true);
        string? array = Variables(type + "[]").LastOrDefault();
        if (array is not null && rng.Next(2) == 0)
        {
            target = $"{array}[{Index(array)}]";
        }

        if (type == "bool")
        {
            return $"{target} {rng.Pick<string>(["=", "&=", "|=", "^="])} {Expression("bool", depth - 1)}";
        }

        return rng.Next(5) switch
        {
            0 => $"{target}{rng.Pick<string>(["++", "--"])}",
            1 => $"{rng.Pick<string>(["++", "--"])}{target}",
            2 => $"{target} = {Expression(type, depth - 1)}",
            3 when type != "double" => $"{target} {rng.Pick<string>(["<<=", ">>=", ">>>="])} {Expression("int", depth - 1)}",
            _ => $"{target} {rng.Pick<string>(["+=", "-=", "*=", "/=", "%="])} {Divisor(type, depth - 1)}",
        };
    }

    private string Index(string array) => rng.Next(8) switch
    {
        0 when rng.Next(3) == 0 => Expression("int", 1),
        1 => $"{array}.Length - 1",
        _ => $"({Expression("int", 1)} & 1)",
    };

    private string Array(string type, int depth)
    {
        string element = type[..^2];
        if (Variables(type).Any() && rng.Next(3) == 0)
        {
            return Variable(type);
        }

        if (type == "int[]" && Variables("int[][]").Any() && rng.Next(2) == 0)
        {
            string arrays = Variable("int[][]");
            return $"{arrays}[{Index(arrays)}]";
        }

        string[] few = [.. Enumerable.Range(0, 2 + rng.Next(2)).Select(_ => element.EndsWith(']') ? Array(element, depth - 1) : Expression(element, depth - 1))];
        return rng.Next(5) switch
        {
            0 or 4 when element.EndsWith(']') || rng.Next(2) == 0 => $"new {element.Replace("[]", "")}[2 + ({Expression("int", 1)} & 7)]{(element.EndsWith(']') ? "[]" : "")}",
            1 when rng.Next(3) == 0 => $"new {element.Replace("[]", "")}[{Varying("int", 1)}]{(element.EndsWith(']') ? "[]" : "")}",
            2 => $"new {element}[] {{ {string.Join(", ", few)} }}",
            _ => $"({type})[{string.Join(", ", few)}]",
        };
    }

    private string Call((string Name, string Result, string[] Parameters) function) =>
        $"{function.Name}({string.Join(", ", function.Parameters.Select(p => p.EndsWith(']') ? Array(p, 1) : Expression(p, 1)))})";

    private string Literal(string type) => type switch
    {
        "bool" => rng.Next(2) == 0 ? "true" : "false",
        "int" => rng.Next(5) == 0 ? rng.Pick<string>(["int.MaxValue", "int.MinValue", "-1", "0x7FFF_0000"]) : rng.Next(20).ToString(CultureInfo.InvariantCulture),
        "uint" => rng.Next(5) == 0 ? "uint.MaxValue" : $"{rng.Next(20)}u",
        "long" => rng.Next(5) == 0 ? rng.Pick<string>(["long.MaxValue", "long.MinValue", "-1L"]) : $"{rng.Next(20)}L",
        "ulong" => rng.Next(5) == 0 ? "ulong.MaxValue" : $"{rng.Next(20)}UL",
        _ => rng.Next(5) == 0
            ? rng.Pick<string>(["double.NaN", "double.PositiveInfinity", "-0.0", "double.MaxValue", "Math.PI", "1e-300", "2147483648.5", "-3e19"])
            : (rng.NextGaussian() * 5).ToString("R", CultureInfo.InvariantCulture) + "d",
    };

    // Not a constant: a variable, an element, a length, a call.
    private string Varying(string type, int depth)
    {
        if (depth > 0 && rng.Next(4) == 0 && Variables(type + "[]").Any())
        {
            string array = Variable(type + "[]");
            return $"{array}[{Index(array)}]";
        }

        if (depth > 0 && rng.Next(8) == 0 && type == "int" && Variables("int[][]").Any())
        {
            string arrays = Variable("int[][]");
            return $"{arrays}[{Index(arrays)}][{Expression("int", 0)} & 1]";
        }

        if (depth > 0 && rng.Next(8) == 0 && type == "int")
        {
            string array = Variable("int[]", false, "int[][]", "double[]");
            return array.Length > 0 ? $"{array}.Length" : Variable(type);
        }

        if (depth > 0 && rng.Next(8) == 0 && _functions.Where(f => f.Result == type).ToArray() is { Length: > 0 } functions)
        {
            return Call(rng.Pick(functions));
        }

        return Variable(type);
    }

    private string Variable(string type, bool isTarget, params string[] others) =>
        Variables(type, isTarget).Concat(others.SelectMany(o => Variables(o, isTarget))).ToArray() is { Length: > 0 } all ? rng.Pick(all) : "";

    // A constant divisor of zero is refused by C#.
    private string Divisor(string type, int depth) => rng.Next(2) == 0
        ? Varying(type, depth)
        : type switch { "double" => "2.5", "uint" => "3u", "ulong" => "3UL", "long" => rng.Pick<string>(["3L", "-1L"]), _ => rng.Pick<string>(["7", "-1", "1"]) };

    private string Expression(string type, int depth)
    {
        if (depth <= 0)
        {
            return rng.Next(3) == 0 ? Literal(type) : Varying(type, 0);
        }

        if (rng.Next(14) == 0)
        {
            return $"({Assignment(type, depth)})";
        }

        if (rng.Next(12) == 0)
        {
            return $"({Expression("bool", depth - 1)} ? {Expression(type, depth - 1)} : {Expression(type, depth - 1)})";
        }

        if (rng.Next(25) == 0)
        {
            return $"({Varying("int", depth - 1)} switch {{ 1 => {Expression(type, depth - 1)}, > 5 or < -2 => {Expression(type, depth - 1)}, _ => {Expression(type, depth - 1)} }})";
        }

        return type == "bool" ? Bool(depth - 1) : Number(type, depth - 1);
    }

    private string Bool(int depth)
    {
        string type = rng.Pick(Numbers);
        return rng.Next(8) switch
        {
            0 => $"!{Varying("bool", depth)}",
            1 => $"({Varying("bool", depth)} {rng.Pick<string>(["&&", "||", "&", "|", "^", "==", "!="])} {Expression("bool", depth)})",
            2 => $"({Varying("int", depth)} is {rng.Pick<string>(["> 3", "not 0", "1 or 2 or < 0", ">= -5 and <= 5"])})",
            3 => $"double.{rng.Pick<string>(["IsNaN", "IsFinite", "IsInfinity", "IsPositiveInfinity", "IsNegativeInfinity"])}({Expression("double", depth)})",
            4 => Varying("bool", depth),
            _ => $"({Varying(type, depth)} {rng.Pick<string>(["<", "<=", ">", ">=", "==", "!="])} {Expression(type, depth)})",
        };
    }

    private string Number(string type, int depth)
    {
        string x = Varying(type, depth);
        bool isDouble = type == "double";
        return rng.Next(10) switch
        {
            0 => Varying(type, depth),
            1 => $"({type})({Varying(rng.Pick(Numbers), depth)})",
            2 when type is not "ulong" and not "uint" => $"(-{x})",
            2 => $"(~{x})",
            3 when !isDouble => $"({x} {rng.Pick<string>(["<<", ">>", ">>>"])} {Expression("int", depth)})",
            4 when !isDouble => $"({x} {rng.Pick<string>(["&", "|", "^"])} {Expression(type, depth)})",
            3 when !portableOnly => rng.Next(4) == 0
                ? $"Math.{rng.Pick<string>(["Pow", "Atan2"])}({x}, {Expression(type, depth)})"
                : $"Math.{rng.Pick<string>(["Exp", "Log", "Log2", "Log10", "Cbrt", "Sin", "Cos", "Tan", "Asin", "Acos", "Atan", "Sinh", "Cosh", "Tanh"])}({x})",
            4 => $"Math.{rng.Pick<string>(["Sqrt", "Floor", "Ceiling", "Truncate", "Round", "Abs"])}({x})",
            5 => $"Math.{rng.Pick<string>(["Min", "Max"])}({x}, {Expression(type, depth)})",
            6 when type is "int" or "long" => $"Math.Abs({x})",
            6 when type is "double" => $"(double)Math.Sign({x})",
            6 => $"Math.Clamp({x}, {Expression(type, depth)}, {Expression(type, depth)})",
            7 => $"({x} {rng.Pick<string>(["/", "%"])} {Divisor(type, depth)})",
            _ => $"({x} {rng.Pick<string>(["+", "-", "*"])} {Expression(type, depth)})",
        };
    }
}
