using System.Globalization;
using System.Text;

namespace Ansatz.Sandbox.Syntax;

/// <summary>Writes syntax as C#, as a person would: parentheses where they are needed, and no conversion that C# makes by itself.</summary>
/// <remarks>
/// What is written reads back to the same tree. A conversion is left out only where it widens and its type is known without it: from the target of an assignment, a parameter, or
/// an operand beside it whose type is written.
/// </remarks>
internal sealed class CSharpWriter
{
    // How tightly an expression binds. An operand that binds less tightly than its place asks for is put in parentheses.
    private enum Level
    {
        Assignment,
        Conditional, // a switch expression too, which C# would take almost anywhere, but people would not
        OrElse,
        AndAlso,
        Is, // C# binds it like a comparison; its pattern could swallow what stands behind it
        Or,
        Xor,
        And,
        Equality,
        Comparison,
        Shift,
        Sum,
        Product,
        Unary,
        Primary,
    }

    private readonly StringBuilder _text = new();
    private Dictionary<Statement, int>? _lines;
    private int _indent;

    private CSharpWriter()
    {
    }

    /// <summary>The text of a node, without a line break at its end.</summary>
    public static string Write(Node node)
    {
        switch (node)
        {
            case Expression expression:
                return Of(expression).Text;
            case Pattern pattern:
                return Of(pattern, 0);
            case SwitchArm arm:
                return Arm(arm, arm.Value);
            case SwitchLabel label:
                return Of(label);
            default:
                CSharpWriter writer = new();
                writer.Put(node);
                return writer._text.ToString().TrimEnd('\n');
        }
    }

    /// <summary>The line of each statement in the text of a tree, from 1, by reference.</summary>
    public static Dictionary<Statement, int> LinesOf(HoleSyntax syntax)
    {
        CSharpWriter writer = new() { _lines = new(ReferenceEqualityComparer.Instance) };
        writer.Put(syntax);
        return writer._lines;
    }

    private void Put(Node node)
    {
        switch (node)
        {
            case HoleSyntax syntax:
                for (int i = 0; i < syntax.Methods.Count; i++)
                {
                    _text.Append(i == 0 ? "" : "\n");
                    Put(syntax.Methods[i]);
                }

                break;
            case Method method:
                Line($"static {method.Result} {method.Name}({string.Join(", ", method.Parameters.Select(p => p.Declared).Distinct())})");
                Put(method.Body);
                break;
            case Block block:
                Line("{");
                Inside(block);
                Line("}");
                break;
            case Statement statement:
                Put(statement);
                break;
            case SwitchSection section:
                foreach (SwitchLabel label in section.Labels)
                {
                    Line($"case {Of(label)}:");
                }

                if (section.IsDefault)
                {
                    Line("default:");
                }

                Inside(section.Body);
                break;
            default:
                throw new InvalidOperationException($"{node.GetType()} cannot be written.");
        }
    }

    private void Line(string line) => _text.Append(' ', 4 * _indent).Append(line).Append('\n');

    private void Inside(Block block)
    {
        _indent++;
        for (int i = 0; i < block.Statements.Count; i++)
        {
            Put(block.Statements[i]);
            if (i < block.Statements.Count - 1 && block.Statements[i] is If or While or DoWhile or For or ForEach or Switch)
            {
                _text.Append('\n');
            }
        }

        _indent--;
    }

    // The next line is this statement's, and those of its parts that have none of their own.
    private void Mark(params ReadOnlySpan<Statement> statements)
    {
        foreach (Statement statement in _lines is null ? [] : statements)
        {
            _lines![statement] = 1 + _text.ToString().Count(c => c == '\n');
        }
    }

    private void Put(Statement statement)
    {
        Mark(statement);
        switch (statement)
        {
            case Declare or Evaluate or AssignTuple:
                Line(Simple(statement) + ";");
                break;
            case If branch:
                Line($"if ({Text(branch.Condition)})");
                Put(branch.Then);
                PutElse(branch.Else);
                break;
            case While loop:
                Line($"while ({Text(loop.Condition)})");
                Put(loop.Body);
                break;
            case DoWhile loop:
                Line("do");
                Put(loop.Body);
                Line($"while ({Text(loop.Condition)});");
                break;
            case For loop:
                Mark([.. loop.Before, .. loop.Step]);
                string condition = loop.Condition is null ? "" : " " + Text(loop.Condition);
                string step = string.Join(", ", loop.Step.Select(Simple));
                Line($"for ({Before(loop.Before)};{condition};{(step.Length > 0 ? " " : "")}{step})");
                Put(loop.Body);
                break;
            case ForEach loop:
                Line($"foreach ({loop.Type} {loop.Name} in {Text(loop.Array)})");
                Put(loop.Body);
                break;
            case Switch choice:
                Line($"switch ({Text(choice.Value)})");
                Line("{");
                _indent++;
                foreach (SwitchSection section in choice.Sections)
                {
                    Put(section);
                }

                _indent--;
                Line("}");
                break;
            case Break:
                Line("break;");
                break;
            case Continue:
                Line("continue;");
                break;
            case Return result:
                Line(result.Value is null ? "return;" : $"return {Converted(result.Value)};");
                break;
            default:
                throw new InvalidOperationException($"{statement.GetType()} cannot be written.");
        }
    }

    private void PutElse(Block? otherwise)
    {
        switch (otherwise)
        {
            case null:
                break;
            case { Statements: [If next] }:
                Mark(next);
                Line($"else if ({Text(next.Condition)})");
                Put(next.Then);
                PutElse(next.Else);
                break;
            default:
                Line("else");
                Put(otherwise);
                break;
        }
    }

    // A statement of one line, without its semicolon.
    private static string Simple(Statement statement) => statement switch
    {
        Declare declare => $"{declare.Type} {Declarator(declare)}",
        Evaluate evaluate => Text(evaluate.Expression),
        AssignTuple tuple => $"({Items([.. tuple.Targets.Select(t => Of(t))])}) = ({Items([.. tuple.Values.Select((v, i) => Item(tuple.Targets[i], v))])})",
        _ => throw new InvalidOperationException($"{statement.GetType()} cannot stand here."),
    };

    private static string Declarator(Declare declare) => declare.Value is null ? declare.Name : $"{declare.Name} = {Converted(declare.Value)}";

    private static string Before(ValueList<Statement> before) => before is [Declare first, ..]
        ? $"{first.Type} {string.Join(", ", before.Cast<Declare>().Select(Declarator))}"
        : string.Join(", ", before.Select(Simple));

    private static (string, Level) Item(Expression target, Expression value) => Of(target is Discard ? value : Bare(value));

    private static string Items(IReadOnlyList<(string Text, Level Level)> items) => items is [var only] ? only.Text : string.Join(", ", items.Select(Between));

    // Between commas `a < b, c > (d)` would be a generic call, and an assignment is hard to see: both get parentheses.
    private static string Between((string Text, Level Level) item) =>
        item.Level == Level.Assignment || item.Text.Contains(" < ", StringComparison.Ordinal) ? $"({item.Text})" : item.Text;

    private static string Text(Expression expression) => Of(expression).Text;

    // Where the type is known: without a conversion that C# makes by itself.
    private static string Converted(Expression expression) => Text(Bare(expression));

    private static Expression Bare(Expression expression) => expression is Conversion conversion && Widens(conversion.Operand.Type, conversion.Type) ? conversion.Operand : expression;

    // Where at least one of several has to keep its type written: the first keeps its conversion if all have one.
    private static Expression[] Bare(IReadOnlyList<Expression> expressions)
    {
        bool isKnown = expressions.Any(e => ReferenceEquals(e, Bare(e)));
        return [.. expressions.Select((e, i) => isKnown || i > 0 ? Bare(e) : e)];
    }

    private static bool Widens(HoleType from, HoleType to) =>
        to == HoleType.Double ? from.IsNumber && from != HoleType.Double
        : to == HoleType.Long ? from == HoleType.Int || from == HoleType.UInt
        : to == HoleType.ULong && from == HoleType.UInt;

    private static string At(Level least, Expression expression)
    {
        (string text, Level level) = Of(expression);
        return level < least ? $"({text})" : text;
    }

    private static (string Text, Level Level) Of(Expression expression) => expression switch
    {
        Literal literal => Of(literal),
        Variable variable => (variable.Name, variable.Name[0] == '(' ? Level.Unary : Level.Primary), // "(int)item.Kind"
        Unary unary => Of(unary),
        Binary binary => Of(binary),
        Conversion conversion => ($"({conversion.Type}){At(Level.Unary, conversion.Operand)}", Level.Unary),
        Conditional choice => Of(choice),
        Element element => ($"{(element.Array is NewArray or ArrayLiteral ? $"({Text(element.Array)})" : At(Level.Primary, element.Array))}[{Text(element.Index)}]", Level.Primary),
        Length length => ($"{At(Level.Primary, length.Array)}.Length", Level.Primary),
        NewArray array => (Of(array), Level.Primary),
        ArrayLiteral { Items: [] } array => ($"new {array.Type} {{ }}", Level.Primary),
        ArrayLiteral array => ($"new {array.Type} {{ {Items([.. array.Items.Select(i => Of(Bare(i)))])} }}", Level.Primary),
        Call call => ($"{call.Method}({Items([.. call.Arguments.Select(a => Of(Bare(a)))])})", Level.Primary),
        HelperCall call => ($"{call.Helper}({Items([.. call.Arguments.Select(a => Of(Bare(a)))])})", Level.Primary),
        LibraryCall call => ($"{call.Function.FullName()}({Items([.. (call.Function.IsOverloaded() ? Bare(call.Arguments) : call.Arguments.Select(Bare)).Select(Of)])})", Level.Primary),
        Assign assign => ($"{Text(assign.Target)} = {(assign.Target is Discard ? Text(assign.Value) : Converted(assign.Value))}", Level.Assignment),
        CompoundAssign compound => ($"{Text(compound.Target)} {Operator(compound.Operator)}= {Converted(compound.Value)}", Level.Assignment),
        Step { IsPrefix: true } step => ((step.IsIncrement ? "++" : "--") + Text(step.Target), Level.Unary),
        Step step => (Text(step.Target) + (step.IsIncrement ? "++" : "--"), Level.Primary),
        IsPattern test => ($"{At(Level.Shift, test.Value)} is {Of(test.Pattern, 0)}", Level.Is),
        SwitchExpression choice => Of(choice),
        Discard => ("_", Level.Primary),
        _ => throw new InvalidOperationException($"{expression.GetType()} cannot be written."),
    };

    private static (string Text, Level Level) Of(Literal literal, bool isPattern = false)
    {
        string text = literal.Value switch
        {
            bool b => b ? "true" : "false",
            int.MinValue => "int.MinValue",
            int.MaxValue => "int.MaxValue",
            int i => i.ToString(CultureInfo.InvariantCulture),
            uint.MaxValue => "uint.MaxValue",
            uint u => u.ToString(CultureInfo.InvariantCulture) + "u",
            long.MinValue => "long.MinValue",
            long.MaxValue => "long.MaxValue",
            long l => l.ToString(CultureInfo.InvariantCulture) + "L",
            ulong.MaxValue => "ulong.MaxValue",
            ulong u => u.ToString(CultureInfo.InvariantCulture) + "UL",
            double d => Of(d, isPattern),
            object other => throw new InvalidOperationException($"{other.GetType()} cannot be written."),
        };
        return (text, text[0] == '-' ? Level.Unary : Level.Primary);
    }

    private static string Of(double number, bool isPattern)
    {
        switch (number)
        {
            case double.NaN:
                return "double.NaN";
            case double.PositiveInfinity:
                return "double.PositiveInfinity";
            case double.NegativeInfinity:
                return "double.NegativeInfinity";
            case double.MaxValue:
                return "double.MaxValue";
            case double.MinValue:
                return "double.MinValue";
            case double.Epsilon:
                return "double.Epsilon";
            case Math.PI:
                return isPattern ? Digits(number) : "Math.PI"; // `is Math.PI` would ask for a type
            case Math.E:
                return isPattern ? Digits(number) : "Math.E";
            case Math.Tau:
                return isPattern ? Digits(number) : "Math.Tau";
            default:
                return Digits(number);
        }
    }

    private static string Digits(double number)
    {
        string digits = number.ToString("R", CultureInfo.InvariantCulture); // -0 keeps its sign
        return digits.AsSpan().ContainsAny('.', 'E') ? digits : digits + ".0";
    }

    private static (string, Level) Of(Unary unary)
    {
        string operand = At(Level.Unary, unary.Operand);
        return unary.Operator switch
        {
            UnaryOperator.Negate => ("-" + (operand[0] == '-' ? $"({operand})" : operand), Level.Unary), // -- would be another operator
            UnaryOperator.Complement => ("~" + operand, Level.Unary),
            _ => ("!" + operand, Level.Unary),
        };
    }

    private static (string, Level) Of(Binary binary)
    {
        Level level = binary.Operator switch
        {
            BinaryOperator.Multiply or BinaryOperator.Divide or BinaryOperator.Remainder => Level.Product,
            BinaryOperator.Add or BinaryOperator.Subtract => Level.Sum,
            BinaryOperator.ShiftLeft or BinaryOperator.ShiftRight or BinaryOperator.ShiftRightUnsigned => Level.Shift,
            BinaryOperator.Equal or BinaryOperator.NotEqual => Level.Equality,
            BinaryOperator.And => Level.And,
            BinaryOperator.Xor => Level.Xor,
            BinaryOperator.Or => Level.Or,
            BinaryOperator.AndAlso => Level.AndAlso,
            BinaryOperator.OrElse => Level.OrElse,
            _ => Level.Comparison,
        };

        // Beside an operand of the type in which the operation is done, C# widens the other one by itself. The sides of a shift do not meet.
        Expression[] sides = level == Level.Shift ? [binary.Left, binary.Right] : Bare([binary.Left, binary.Right]);
        return ($"{At(level, sides[0])} {Operator(binary.Operator)} {At(level + 1, sides[1])}", level);
    }

    private static (string, Level) Of(Conditional choice)
    {
        Expression[] values = Bare([choice.Then, choice.Otherwise]);
        string condition = choice.Condition is IsPattern ? $"({Text(choice.Condition)})" : At(Level.OrElse, choice.Condition); // `x is 3 ? ...` looks like a nullable type
        return ($"{condition} ? {At(Level.Conditional, values[0])} : {At(Level.Conditional, values[1])}", Level.Conditional);
    }

    // The size of int[][] stands in its first brackets.
    private static string Of(NewArray array)
    {
        string type = array.Type.Name;
        int brackets = type.IndexOf("[]", StringComparison.Ordinal);
        return $"new {type[..brackets]}[{Text(array.Count)}]{type[(brackets + 2)..]}";
    }

    private static (string, Level) Of(SwitchExpression choice)
    {
        Expression[] values = Bare([.. choice.Arms.Select(a => a.Value), choice.Otherwise]);
        IEnumerable<string> arms = choice.Arms.Select((arm, i) => Arm(arm, values[i])).Append($"_ => {Between(Of(values[^1]))}");
        return ($"{At(Level.Primary, choice.Value)} switch {{ {string.Join(", ", arms)} }}", Level.Conditional);
    }

    private static string Arm(SwitchArm arm, Expression value) => $"{Of(arm.Pattern, 0)}{When(arm.Guard)} => {Between(Of(value))}";

    private static string Of(SwitchLabel label) => Of(label.Pattern, 0) + When(label.Guard);

    private static string When(Expression? guard) => guard is null ? "" : $" when {At(Level.OrElse, guard)}";

    // 0 where or may stand, 1 where and may, 2 where only a pattern of one piece may.
    private static string Of(Pattern pattern, int level)
    {
        (string text, int own) = pattern switch
        {
            ConstantPattern { Value: var value } => (Of(value, isPattern: true).Text, 2),
            RelationalPattern relational => ($"{Operator(relational.Operator)} {Text(relational.Value)}", 2),
            NotPattern negated => ($"not {Of(negated.Pattern, 2)}", 2),
            AndPattern both => ($"{Of(both.Left, 1)} and {Of(both.Right, 2)}", 1),
            OrPattern either => ($"{Of(either.Left, 0)} or {Of(either.Right, 1)}", 0),
            AnyPattern => ("_", 2),
            _ => throw new InvalidOperationException($"{pattern.GetType()} cannot be written."),
        };
        return own < level ? $"({text})" : text;
    }

    private static string Operator(BinaryOperator operation) => operation switch
    {
        BinaryOperator.Add => "+",
        BinaryOperator.Subtract => "-",
        BinaryOperator.Multiply => "*",
        BinaryOperator.Divide => "/",
        BinaryOperator.Remainder => "%",
        BinaryOperator.And => "&",
        BinaryOperator.Or => "|",
        BinaryOperator.Xor => "^",
        BinaryOperator.ShiftLeft => "<<",
        BinaryOperator.ShiftRight => ">>",
        BinaryOperator.ShiftRightUnsigned => ">>>",
        BinaryOperator.Equal => "==",
        BinaryOperator.NotEqual => "!=",
        BinaryOperator.Less => "<",
        BinaryOperator.LessOrEqual => "<=",
        BinaryOperator.Greater => ">",
        BinaryOperator.GreaterOrEqual => ">=",
        BinaryOperator.AndAlso => "&&",
        _ => "||",
    };
}
