using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace Ansatz.Sandbox;

/// <summary>In the child: runs one program on its inputs.</summary>
internal static class ProgramHost
{
    /// <summary>In the place of the number of inputs: they come one by one, each after the answer to the last.</summary>
    public const int UntilTheEnd = -1;

    /// <summary>Places of an exception that are told, and that the host looks at.</summary>
    public const int Frames = 20;

    private const int MessageCharacters = 1000;

    /// <summary>
    /// Loads all that a program may use, with what that uses, and does once what a runtime does lazily with files: after the lock none can be opened.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoOptimization)]
    public static void WarmUp()
    {
        Loading.WithAllTheyUse(Loading.Assemblies.Select(n => new AssemblyName(n)));

        // The seed of text hashes comes from a file, and so may the texts of exceptions.
        Dictionary<string, int> seen = [];
        seen["a"] = 1;
        try
        {
            _ = seen["b"];
        }
        catch (KeyNotFoundException e)
        {
            Describe(e, [], "");
            _ = new StackTrace(e).GetFrames()[0].GetMethod()?.MetadataToken;
        }
    }

    /// <summary>Reads the two images of a program, the number of inputs and the inputs; answers each. Or, until the host wants no more, one input after the other.</summary>
    public static void Run(Stream input, Stream output)
    {
        byte[] image = Pipes.Read(input);
        byte[] debugImage = Pipes.Read(input);
        int count = BitConverter.ToInt32(Pipes.Read(input));
        string[] inputs = new string[Math.Max(0, count)];
        for (int i = 0; i < inputs.Length; i++)
        {
            inputs[i] = Encoding.UTF8.GetString(Pipes.Read(input));
        }

        Func<string, string> run = Load(image);
        foreach (string given in inputs)
        {
            Answer(given);
        }

        while (count == UntilTheEnd)
        {
            Answer(Encoding.UTF8.GetString(Pipes.Read(input)));
        }

        void Answer(string given)
        {
            byte[] answer = [];
            Exception? thrown = null;
            try
            {
                answer = Encoding.UTF8.GetBytes(run(given) ?? throw new InvalidOperationException("The program answered null."));
            }
            catch (Exception e)
            {
                thrown = e;
            }

            Pipes.Write(output, thrown is null ? Pipes.Answer : Pipes.Failure, thrown is null ? answer : Describe(thrown, debugImage, given));
        }
    }

    // A program whose types cannot be loaded answers each input with that.
    private static Func<string, string> Load(byte[] image)
    {
        try
        {
            return Entrance(Assembly.Load(image));
        }
        catch (Exception e)
        {
            return _ => throw e;
        }
    }

    private static Func<string, string> Entrance(Assembly program) => program.GetType(CompiledProgram.TypeName, throwOnError: true)!
        .GetMethod(CompiledProgram.MethodName, genericParameterCount: 0, BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic, null, [typeof(string)], null)!
        .CreateDelegate<Func<string, string>>();

    // Whether memory ran out; type and message; where it was thrown, as methods and offsets: the host knows their lines.
    [MethodImpl(MethodImplOptions.NoOptimization)]
    private static byte[] Describe(Exception exception, byte[] debugImage, string input)
    {
        while (exception is TypeInitializationException { InnerException: { } inner })
        {
            exception = inner;
        }

        using MemoryStream description = new();
        using BinaryWriter writer = new(description, Encoding.UTF8);
        writer.Write(exception is OutOfMemoryException);
        writer.Write(exception.GetType().FullName ?? "");
        writer.Write(Message(exception));
        StackFrame[] places = exception is OutOfMemoryException ? [] : Places(debugImage, input, exception.GetType().FullName);
        writer.Write(places.Length);
        foreach (StackFrame place in places)
        {
            writer.Write(place.GetMethod()!.MetadataToken);
            writer.Write(place.GetILOffset());
        }

        return description.ToArray();
    }

    // Where the program throws when it is not optimised, if it does so again.
    [MethodImpl(MethodImplOptions.NoOptimization)]
    private static StackFrame[] Places(byte[] debugImage, string input, string? type)
    {
        try
        {
            Assembly program = Assembly.Load(debugImage);
            try
            {
                Entrance(program)(input);
            }
            catch (Exception e)
            {
                while (e is TypeInitializationException { InnerException: { } inner })
                {
                    e = inner;
                }

                return e.GetType().FullName == type ? [.. new StackTrace(e).GetFrames().Where(f => f.GetMethod()?.Module.Assembly == program).Take(Frames)] : [];
            }
        }
        catch (Exception e) when (e is BadImageFormatException or OutOfMemoryException)
        {
            // no place, then
        }

        return [];
    }

    // An exception of the program's own may throw here too.
    [MethodImpl(MethodImplOptions.NoOptimization)]
    private static string Message(Exception exception)
    {
        try
        {
            string message = exception.Message ?? "";
            return message.Length > MessageCharacters ? message[..MessageCharacters] : message;
        }
        catch (Exception)
        {
            return "";
        }
    }
}
