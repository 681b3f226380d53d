using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json;
using Ansatz.Programs;
using Ansatz.Sandbox;

namespace Ansatz.Cli;

/// <summary>Writes a console project that runs a program on one input of its study: to follow with a debugger what the sandbox only runs.</summary>
internal static class ProgramProject
{
    private static readonly JsonSerializerOptions s_withFields = new() { IncludeFields = true };

    /// <summary>Writes it.</summary>
    /// <param name="folder">The folder; what is there of an earlier export is replaced.</param>
    /// <param name="program">The user's program.</param>
    /// <param name="found">What is run.</param>
    /// <param name="input">The train input.</param>
    /// <exception cref="FaultException">It cannot be written.</exception>
    public static void Write(string folder, UserProgram program, ProgramSource found, int input)
    {
        try
        {
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, "Found.csproj"), Project(program));
            File.WriteAllText(Path.Combine(folder, "Program.cs"), Code(program, found, input));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FaultException($"{folder} cannot be written: {e.Message}", e);
        }
    }

    private static string Project(UserProgram program)
    {
        IEnumerable<string> references = ((Assembly[])[program.Holder.Assembly, typeof(Split).Assembly, typeof(ProgramScore).Assembly])
            .Select(a => $"    <Reference Include=\"{a.GetName().Name}\"><HintPath>{System.Security.SecurityElement.Escape(a.Location)}</HintPath></Reference>\n");
        return $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <TreatWarningsAsErrors>false</TreatWarningsAsErrors>
              </PropertyGroup>
              <ItemGroup>
                <!-- What was built when this was exported. -->
            {string.Concat(references)}  </ItemGroup>
            </Project>

            """.ReplaceLineEndings("\n");
    }

    private static string Row(object input) => JsonSerializer.Serialize(input, input.GetType(), s_withFields);

    // What the hole takes of the user's own types.
    private static IEnumerable<Type> Types(UserProgram program)
    {
        foreach (Type type in program.Hole.GetParameters().SelectMany(p => HoleArgument.Of(p.ParameterType, program.Name).UsersTypes).Distinct())
        {
            yield return type.IsVisible
                ? type
                : throw new InputException($"{type.FullName} is not public, so a project of its own cannot name it: make it public, or take the method as csharp.");
        }
    }

    private static string Code(UserProgram program, ProgramSource found, int input)
    {
        string scorer = program.Marked<ScoreAttribute>().First().Method.Name;
        string number = input.ToString(CultureInfo.InvariantCulture);
        string its = program.Marked<InputsAttribute>().FirstOrDefault(m => m.Mark.Split == Split.Train).Method is { } inputs
            ? $"((IEnumerable)Marked.Method(\"{inputs.Name}\").Invoke(null, null)!).Cast<object>().ElementAt({number})"
            : $"JsonSerializer.Deserialize({JsonSerializer.Serialize(Row(program.Objective.InputAt(Split.Train, input)))}, Marked.Method(\"{scorer}\").GetParameters()[1].ParameterType, new JsonSerializerOptions {{ IncludeFields = true }})!"; // a row of a file
        StringBuilder offered = new();
        foreach ((MethodInfo method, _) in program.Marked<OfferedAttribute>())
        {
            ParameterInfo[] takes = method.GetParameters();
            string parameters = string.Join(", ", takes.Select(p => $"{p.ParameterType.FullName} {p.Name}")), arguments = string.Join(", ", takes.Select(p => p.Name));
            offered.Append(CultureInfo.InvariantCulture, $"\n    static {method.ReturnType.FullName} {method.Name}({parameters}) => ({method.ReturnType.FullName})Marked.Method(\"{method.Name}\").Invoke(null, [{arguments}])!;\n");
        }

        return $$"""
            using System.Collections;
            using System.Reflection;
            using System.Text;
            using System.Text.Json;{{string.Concat(Types(program).Where(t => t.Namespace is not null || t.IsNested).Select(t => $"\nusing {t.Name} = global::{t.FullName!.Replace('+', '.')};"))}}

            // The scorer and the input are those of {{program.Name}}; what was found stands below. Set a breakpoint in it.
            object input = {{its}};
            MethodInfo scorer = Marked.Method("{{scorer}}");
            Delegate hole = Delegate.CreateDelegate(scorer.GetParameters()[0].ParameterType, typeof(Found).GetMethod("{{program.Hole.Name}}", Marked.Any)!);
            Console.WriteLine(scorer.Invoke(null, BindingFlags.DoNotWrapExceptions, null, [hole, input], null));

            internal static class Marked
            {
                public const BindingFlags Any = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;

                public static MethodInfo Method(string name) => Type.GetType("{{program.Holder.FullName}}, {{program.Holder.Assembly.GetName().Name}}", throwOnError: true)!.GetMethod(name, Any)!;
            }

            internal static class Found
            {
            {{string.Join('\n', found.Text.ReplaceLineEndings("\n").Split('\n').Select(l => l.Length > 0 ? "    " + l : l))}}
            {{offered}}}

            """.ReplaceLineEndings("\n");
    }
}
